/*
 * The bytes of a get or put: many calls in flight over one connection, and
 * behind each segment that has arrived a DIGEST of the other end's.
 *
 * The local end is a file, or a stream: then blocks pass in order, through
 * pass(), which takes them or makes them.
 */
#ifndef RPCALL_TRANSFER_H
#define RPCALL_TRANSFER_H

#include "digest.h"
#include "file/remote.h"
#include "file/segments.h"

enum { TRANSFER_BLOCKS = 8, TRANSFER_DIGESTS = 4 };

/* A call under way. */
struct transfer_call {
	bool used, is_digest;
	uint32_t xid;
	uint64_t offset;
	uint32_t length;	/* bytes of a block */
	uint8_t *early;		/* a block that came before its turn; owned */
};

struct transfer {
	struct remote *remote;
	struct segments *segs;
	const char *path;	/* at the other end */
	bool is_put;
	int fd;
	bool is_stream;		/* fd is: it goes one way, once */
	enum digest_kind kind;
	struct digest *sum;	/* of that kind; the caller's */
	bool skip_holes;	/* what is not there yet is zeroes */
	const char *what;	/* "get NAME", for the progress line */
	const char *local;	/* name of this end, for failures */

	/* The transfer's own. */
	struct transfer_call calls[TRANSFER_BLOCKS + TRANSFER_DIGESTS];
	unsigned blocks, digests;	/* under way */
	uint64_t summed;	/* the next byte that belongs into sum */
	uint64_t at;		/* the next byte to be asked for or sent */
	uint64_t passed;	/* bytes that went through a stream */
	size_t asked;		/* segments before it have been asked for */
	uint64_t done;		/* bytes that have arrived, or were there */
	bool ended;		/* the stream that is put is at its end */
	uint8_t *stage;		/* a block of it */
};

/*
 * Compares what is there of the first have bytes at both ends; segments that
 * are equal need not be transferred. As transfer_run().
 */
int transfer_compare(struct transfer *t, uint64_t have, struct failure *f);

/* Moves all segments that are not equal: 0, or f's code negated. */
int transfer_run(struct transfer *t, struct failure *f);

/* Are the digests of both ends equal? 0, or -EXIT_PROTOCOL with f. */
int transfer_verify(struct transfer *t, struct failure *f);

/* Frees what the transfer allocated, not what it was given. */
void transfer_release(struct transfer *t);

/*
 * Of a stream (stream.c): a block has come, now or when its turn is; the next
 * one to be put, of *length bytes, 0 at the end. 0 or f's code negated.
 */
int transfer_pass(struct transfer *t, struct transfer_call *c,
    const uint8_t *data, struct failure *f);
int transfer_stage(struct transfer *t, uint32_t *length, struct failure *f);

/*
 * Of this end's digests (sum.c): bytes of a block that is at hand; all of a
 * segment, which is read unless its blocks were given one after the other.
 */
int transfer_sum_block(struct transfer *t, uint64_t offset,
    const uint8_t *data, size_t n, struct failure *f);
int transfer_sum_segment(struct transfer *t, struct segment *seg,
    struct failure *f);

/* For stream.c: bytes have arrived; a call has its answer. */
void transfer_arrived(struct transfer *t, uint64_t offset, uint64_t n);
void transfer_end_call(struct transfer *t, struct transfer_call *c);

#endif
