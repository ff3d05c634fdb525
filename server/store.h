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

/*
 * Begins to change: waits for other processes. Sees everything committed.
 * Ended by store_commit() or store_abort().
 */
int store_write(struct store *s, struct store_txn **out);

/*
 * Makes it durable (unless async), and visible: 0; -ENOSPC or -ENOMEM when
 * nothing was changed; -EIO. *synced tells whether a sync was needed.
 */
int store_commit(struct store_txn *t, bool *synced);
void store_abort(struct store_txn *t);

/*
 * May a change that adds n bytes in so many keys be made? Counts it, so call
 * once for each. Never where only what is kept for removing is left.
 */
bool store_may_grow(struct store_txn *t, size_t n, unsigned keys);

/* The same for what does not grow: false when a new transaction is better. */
bool store_may_shrink(struct store_txn *t, unsigned keys);

/* The revision of the store as this transaction sees it. */
int store_revision(struct store_txn *t, uint64_t *revision);

/* Commits the store's clock, even if nothing else was changed. */
void store_keep_clock(struct store_txn *t);

/* -ENOSPC or -ENOMEM: the transaction is to be aborted. */
int store_put(struct store_txn *t, struct span key, struct span value,
    uint64_t ttl_ms);

/* -ENOENT where there is no such key, which is no reason to abort. */
int store_delete(struct store_txn *t, struct span key);

/* Removes up to n keys whose time is over: how many, or -errno. */
int store_expire(struct store_txn *t, int n);

/* Milliseconds until a key's time is over; UINT64_MAX: there is none. */
int store_next_expiry(struct store_txn *t, uint64_t *ms);

struct store_opid {
	const uint8_t *client;	/* STORE_CLIENT bytes */
	uint64_t sequence, done;
};

/* What a call was answered. */
struct store_answer {
	uint32_t status, index;
	uint64_t first, revision;
	uint32_t digest;	/* of its arguments */
};

enum store_opid_state { OPID_NEW, OPID_AGAIN, OPID_STALE };

/* Fills *answer on OPID_AGAIN, and *floor on OPID_STALE; or -errno. */
int store_opid_find(struct store_txn *t, const struct store_opid *id,
    struct store_answer *answer, uint64_t *floor);

/* Keeps the answer of an OPID_NEW. */
int store_opid_keep(struct store_txn *t, const struct store_opid *id,
    const struct store_answer *answer);

/* Is the store so full that answers that changed nothing are not kept? */
bool store_is_full(const struct store_txn *t);

bool store_is_async(const struct store *s);

/* What was committed goes to disk now. */
int store_sync(struct store *s);

#endif
