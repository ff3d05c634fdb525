/*
 * A durable, ordered store of keys: what KV (idl/kv.x) stands on. One engine
 * is there, LMDB (store_*.c); nothing here says so.
 *
 * Several processes may have one store open. Reading never waits: each thread
 * reads a snapshot. Writing is done by one transaction at a time over all
 * processes, in one thread of this one. Functions return 0 or -errno unless
 * said otherwise: -EIO means that the store's disk has failed or that it is
 * damaged, and that nothing may be promised any more.
 */
#ifndef RPCALLD_STORE_H
#define RPCALLD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct store_txn;

enum { STORE_KEY_MAX = 1024, STORE_CLIENT = 16, STORE_WINDOW = 1024 };

enum store_durability { STORE_SYNC, STORE_ASYNC, STORE_AS_IT_IS };

struct span {
	const uint8_t *data;
	size_t len;
};

struct store_options {
	const char *dir;	/* made, 0700, where it is missing */
	uint64_t map;		/* bytes that it may have */
	uint64_t changes;	/* kept of the log of changes */
	uint64_t clients;	/* whose answers are kept */
	enum store_durability durability;	/* remembered by the store */
};

/* 0, or -errno with a sentence in why, of size bytes. */
int store_open(struct store **out, const struct store_options *o, char *why,
    size_t size);

/* No thread uses it any more. NULL is legal. */
void store_close(struct store *s);

/* From any thread: store_write() that waits for others gives up, once. */
void store_cancel(struct store *s);

/* A snapshot of now for this thread, which has one at a time. */
int store_read(struct store *s, struct store_txn **out);
void store_read_end(struct store_txn *t);

/*
 * Counts up with each commit of any process; costs next to nothing. It may be
 * ahead of the version of a snapshot taken after it: a commit shows before it
 * is on disk, and can be read only then.
 */
uint64_t store_version(struct store *s);
uint64_t store_txn_version(const struct store_txn *t);

struct store_entry {
	uint64_t revision;
	uint64_t ttl_ms;	/* left; 0: no end */
	struct span value;	/* as long as the transaction, unchanged */
};

/* -ENOENT where there is no such key, or its time is over. */
int store_get(struct store_txn *t, struct span key, struct store_entry *e);

/* Keys in order. */
struct store_iter;

/* At the first key that is not below start; NULL without memory. */
struct store_iter *store_iter_new(struct store_txn *t, struct span start);
void store_iter_free(struct store_iter *it);

/*
 * The next key, to whose bytes key points until the next call, or for as long
 * as the transaction when *lasts: 1, 0 at the end, or -errno. Keys whose time
 * is over come with -ENOENT in *gone, else 0.
 */
int store_iter_next(struct store_iter *it, struct span *key, bool *lasts,
    struct store_entry *e, int *gone);

/* As in kv_change_kind. */
enum store_kind { STORE_PUT, STORE_DELETE, STORE_EXPIRE };

struct store_change {
	uint64_t revision;
	enum store_kind kind;
	struct span key;	/* as long as the transaction */
};

/* The change of a revision: 0, -ENOENT where it is not kept. */
int store_change_at(struct store_txn *t, uint64_t revision,
    struct store_change *c);

struct store_bounds {
	uint64_t revision;	/* the last */
	uint64_t compacted;	/* changes after it are kept */
};

int store_bounds(struct store_txn *t, struct store_bounds *b);

struct store_figures {
	uint64_t revision, compacted, keys, bytes, clients, floor;
	uint64_t used, map;		/* bytes */
};

int store_figures(struct store_txn *t, struct store_figures *f);

bool store_is_async(const struct store *s);

/* What was committed goes to disk now. */
int store_sync(struct store *s);

#endif
