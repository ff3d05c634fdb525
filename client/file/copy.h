/*
 * A file from one end to the other, whole and verified or not at all: what
 * the verbs get and put do.
 */
#ifndef RPCALL_FILE_COPY_H
#define RPCALL_FILE_COPY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "digest.h"
#include "failure.h"

struct copy {
	const char *uri;	/* the target */
	const char *remote;	/* NAME/PATH at the server */
	const char *local;	/* path, "-" or, for a get, NULL: its own name */
	bool resume;		/* go on with what is there of it */
	bool keep;		/* what has the name already: fail, do not replace */
	bool sync;		/* make it durable before it is done */
	enum digest_kind kind;	/* by which both ends are compared */

	/* What was done. */
	char path[PATH_MAX];	/* where it went: NAME/PATH, or here; "" is
				 * stdout */
	uint64_t bytes;		/* of the file */
	uint64_t reused;	/* of which were there before */
	uint64_t moved_ns, all_ns;	/* until the last byte; in all */
	char digest[2 * DIGEST_MAX + 1];	/* see segments_digest() */
};

/* 0 or f's code negated. */
int copy_get(struct copy *c, struct failure *f);
int copy_put(struct copy *c, struct failure *f);

struct transfer;

/*
 * For both: moves, verifies and releases t, of which have bytes are there
 * already, and fills in what was done.
 */
int copy_run(struct transfer *t, struct copy *c, uint64_t have,
    struct failure *f);

/* Is f a failure after which it can go on (--resume)? */
bool copy_can_go_on(const struct failure *f);

#endif
