/*
 * A file cut into segments, each with its SHA-256 at both ends: what get and
 * put verify by, and what a transfer that goes on compares first.
 *
 * Digests of this end are computed by a thread that reads the local file
 * behind the transfer, at low priority: where cores are short the bytes go
 * first and the digests follow.
 */
#ifndef RPCALL_SEGMENTS_H
#define RPCALL_SEGMENTS_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32 };

struct segment {
	uint64_t offset, length;	/* bytes */
	uint64_t missing;	/* bytes that have not arrived */
	uint8_t here[SHA256_SIZE], there[SHA256_SIZE];
	bool is_here, is_there;	/* digests that are known */
	bool is_asked;		/* the other end's was asked for */
	bool is_same;		/* compared equal: need not be transferred */
	struct segment *next;	/* the hasher's queue */
};

struct segments {
	struct segment *list;
	size_t n, room;
	uint64_t size;		/* bytes of the file */
	uint64_t each;		/* bytes of all but the last */
};

/*
 * Cuts a file of size bytes, into parts of each bytes or, where that is 0,
 * such that there are not too many: 0, -ENOMEM, or -EFBIG when parts of each
 * bytes would be more than 1,048,576.
 */
int segments_init(struct segments *s, uint64_t size, uint64_t each);
void segments_release(struct segments *s);

/* One more of up to each bytes, for a file whose size is not known: -ENOMEM. */
int segments_grow(struct segments *s, uint64_t length);

/* The segment that holds the byte at offset. */
struct segment *segments_at(struct segments *s, uint64_t offset);

/* Are the digests of both ends known and equal, of all of them? */
bool segments_equal(const struct segments *s);

/* SHA-256 over the digests of this end, in hex: one word for the whole. */
void segments_digest(const struct segments *s, char hex[2 * SHA256_SIZE + 1]);

struct hasher;

/* Reads fd, which stays the caller's. NULL with errno. */
struct hasher *hasher_new(int fd);

/* Computes seg->here of bytes that are in the file. */
void hasher_submit(struct hasher *h, struct segment *seg);

/*
 * Waits until all is computed: 0; -EINTR after Ctrl-C; the error of reading;
 * -ENODATA when the file has fewer bytes than the segment.
 */
int hasher_wait(struct hasher *h);

/* Ends the thread, whatever is left. h may be NULL. */
void hasher_free(struct hasher *h);

#endif
