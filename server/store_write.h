/*
 * Changing a store: the half of store.h for the one who writes.
 */
#ifndef RPCALLD_STORE_WRITE_H
#define RPCALLD_STORE_WRITE_H

#include "server/store.h"

/*
 * Begins to change: waits for other processes. Sees everything committed.
 * Ended by store_commit() or store_abort().
 */
int store_write(struct store *s, struct store_txn **out);

/* The same, but -EAGAIN where it would wait, or another thread waits. */
int store_try_write(struct store *s, struct store_txn **out);

/* Is room so short that what is set aside for removing may soon be needed? */
bool store_is_tight(const struct store_txn *t);

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

#endif
