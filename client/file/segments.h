/*
 * A file cut into segments, each with its digest at both ends: what get and
 * put verify by, and what a transfer that goes on compares first.
 */
#ifndef RPCALL_SEGMENTS_H
#define RPCALL_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest.h"

struct segment {
	uint64_t offset, length;	/* bytes */
	uint64_t missing;	/* bytes that have not arrived */
	uint8_t here[DIGEST_MAX], there[DIGEST_MAX];
	bool is_here, is_there;	/* digests that are known */
	bool is_asked;		/* the other end's was asked for */
	bool is_same;		/* compared equal: need not be transferred */
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

/*
 * The digest of the digests of this end, in hex, by d of this kind: one word
 * for the whole. 0 or -EIO.
 */
int segments_digest(const struct segments *s, struct digest *d,
    enum digest_kind kind, char hex[2 * DIGEST_MAX + 1]);

#endif
