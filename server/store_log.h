/*
 * The log of changes as it is written and read: see store_log.c.
 */
#ifndef RPCALLD_STORE_LOG_H
#define RPCALLD_STORE_LOG_H

#include "server/store.h"

enum { STORE_CHUNK_MAX = 1900 };	/* bytes: two fit in a page, with keys */

/* Changes that follow each other, as the log has them. */
struct store_chunk {
	uint64_t first;		/* the revision of the first */
	unsigned count;
	size_t len;		/* of bytes */
	uint8_t bytes[STORE_CHUNK_MAX];
};

/* A place in a chunk that is being read. */
struct store_log_at {
	uint64_t revision;	/* of the change there */
	unsigned left;		/* changes from there on; 0: nowhere */
	struct span rest;
};

/* Adds a change of the next revision to the log, which is kept short. */
int store_log(struct store_txn *t, enum store_kind kind, struct span key);

/* Removes the oldest change of the log. */
int store_log_drop(struct store_txn *t);

/* Before a commit: what was added goes to the tree. */
int store_log_save(struct store_txn *t);

/* at stands before the changes of a chunk: 0, or -EIO when it is none. */
int store_log_parse(struct span key, struct span value,
    struct store_log_at *at);

/* The change there, and on to the next: 0, or -EIO when it is damaged. */
int store_log_next(struct store_log_at *at, struct store_change *c);

#endif
