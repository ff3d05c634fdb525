/*
 * The transactions of KV's writer: calls in batches, and keys whose time is
 * over. Called by svc_kv_write.c, in its thread.
 *
 * A transaction that does not fit is made again with half as many calls, down
 * to one, which alone is then refused. When the disk fails, nothing is
 * promised any more: the daemon drains, and exits with EX_TEMPFAIL.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sysexits.h>

#include "clock.h"
#include "log.h"
#include "server/server.h"
#include "server/svc_kv.h"
#include "server/svc_kv_turn.h"

enum {
	BATCH_MAX = 4096,	/* calls in one transaction */
	EXPIRE_MAX = 1024,	/* keys in one transaction */
};

static struct server *server;
static struct store *store;
static size_t most;		/* calls in the next transaction */
static atomic_bool failed;
static atomic_ullong mutations, commits, syncs;

/* Calls that are to be run, linked by own. */
static struct call *waiting, *last_waiting;

/* Those of them that are in a transaction. */
struct batch {
	struct call *rest;	/* the first that is not */
	size_t n;		/* in it, or tried */
	bool changed;		/* by the last */
};

void
kv_batch_init(struct store *st, struct server *s)
{
	store = st;
	server = s;
	most = BATCH_MAX;
	atomic_store(&failed, false);
}

void
kv_stats(struct kv_stats *out)
{
	out->mutations = atomic_load(&mutations);
	out->commits = atomic_load(&commits);
	out->syncs = atomic_load(&syncs);
	out->watches = kv_watch_waiting();
}

bool
kv_batch_failed(void)
{
	return atomic_load(&failed);
}

void
kv_batch_fail(int err)
{
	if (err != -EIO || atomic_exchange(&failed, true))
		return;
	log_event(LOG_LEVEL_ERROR, "store-failed", "why=\"the disk has failed, "
	    "or the store is damaged\" then=\"no change is answered any more; "
	    "ending\"");
	server_end(server, EX_TEMPFAIL);
}

int
kv_batch_sync(void)
{
	atomic_fetch_add(&syncs, 1);
	return store_sync(store);
}

static struct call *
next_of(const struct call *c)
{
	return c->own;
}

/* What came meanwhile goes along. */
static void
take_waiting(void)
{
	struct call *last, *first = kv_writer_take(&last);

	if (first == NULL)
		return;
	if (waiting == NULL)
		waiting = first;
	else
		last_waiting->own = first;
	last_waiting = last;
}

static void
refuse(struct call *c)
{
	svcerr_systemerr(&c->xprt);
	call_reply(c);
}

int
kv_batch_commit(struct store_txn *t, uint64_t before)
{
	uint64_t after;
	bool synced;
	int err = store_revision(t, &after);

	if (err) {
		store_abort(t);
		return err;
	}
	err = store_commit(t, &synced);
	if (err)
		return err;
	atomic_fetch_add(&mutations, after - before);
	atomic_fetch_add(&commits, after != before);
	atomic_fetch_add(&syncs, synced);
	kv_watch_poke();
	return 0;
}

/* Applies calls until one does not fit: 0, or -errno of the last tried. */
static int
apply_some(struct store_txn *t, struct batch *b)
{
	b->rest = waiting;
	for (b->n = 0; b->rest != NULL && b->n < most; b->n++) {
		int err = kv_apply(t, b->rest, &b->changed);

		if (err == -EAGAIN && b->n > 0)
			return 0;
		if (err) {
			b->n++;
			return err;
		}
		b->rest = next_of(b->rest);
	}
	return 0;
}

static int
run_batch(struct batch *b)
{
	struct store_txn *t;
	uint64_t before;
	int err = store_write(store, &t);

	take_waiting();
	if (err)
		return err;
	err = store_revision(t, &before);
	if (err == 0)
		err = apply_some(t, b);
	if (err) {
		store_abort(t);
		return err;
	}
	return kv_batch_commit(t, before);
}

/* Answers calls from the first that waits on, until end. */
static void
answer_until(const struct call *end, void (*answer)(struct call *c))
{
	while (waiting != end) {
		struct call *c = waiting;

		waiting = next_of(c);
		/* Of the same peer none overtakes it meanwhile: it is deferred. */
		kv_writer_answered();
		answer(c);
	}
}

/* The first call that waits could not be run even alone. */
static void
settle_first(struct batch *b, int err)
{
	struct call *c = waiting;
	kv_write_result *r = call_result(c);

	if (b->n == 0 || (err != -ENOSPC && err != -EAGAIN)) {
		answer_until(next_of(c), refuse);
		return;
	}
	/* An answer that changes nothing holds, though it is not kept. */
	if (b->changed)
		*r = (kv_write_result){ .status = KV_NOSPACE };
	answer_until(next_of(c), call_reply);
}

/* One transaction for some of the calls. */
static void
run_some(void)
{
	struct batch b = { .n = 0 };
	uint64_t began = clock_ns();
	int err = run_batch(&b);

	if (err == 0) {
		kv_writer_took(b.n, clock_ns() - began);
		most = most * 2 < BATCH_MAX ? most * 2 : BATCH_MAX;
		answer_until(b.rest, call_reply);
		if (b.changed)
			kv_turn_room();
	} else if ((err == -ENOSPC || err == -ENOMEM) && b.n > 1) {
		most = b.n / 2;
	} else {
		kv_batch_fail(err);
		if (waiting != NULL)
			settle_first(&b, err);
	}
}

void
kv_batch_run(void)
{
	if (kv_batch_failed())
		take_waiting();
	else
		do
			run_some();
		while (waiting != NULL && !kv_batch_failed());
	answer_until(NULL, refuse);
}

int
kv_batch_expire(bool keep_clock)
{
	struct store_txn *t;
	uint64_t before;
	int n, err = store_write(store, &t);

	if (err)
		return err;
	n = store_revision(t, &before);
	if (n == 0)
		n = store_expire(t, EXPIRE_MAX);
	if (n < 0) {
		store_abort(t);
		return n;
	}
	if (keep_clock)
		store_keep_clock(t);
	err = kv_batch_commit(t, before);
	return err ? err : n;
}
