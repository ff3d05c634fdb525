/*
 * Calls of PUT, DELETE, CAS and TXN that are run where they come in. With
 * durability async an answer waits for no sync, so there is nothing to gather
 * for and nobody to hand over to: the calls of a worker's turn are one
 * transaction, committed before the turn's answers leave.
 *
 * The writer (svc_kv_write.c) runs what can share a transaction with others', and
 * whatever could wait: while it or somebody else writes, while room is short, and
 * where a key is to expire, which it sees to.
 */
#include <errno.h>
#include <stdatomic.h>

#include "server/svc_kv_turn.h"

/* What this thread has open. A turn is one thread's from end to end. */
static _Thread_local struct {
	struct store_txn *t;	/* or NULL */
	uint64_t before;	/* the revision that it began with */
	unsigned n;		/* calls in it */
	int err;		/* of one of them: it is not to be committed */
	int lost;		/* what an earlier one of the turn ended with */
} turn;

/* The writer knows what to answer when a commit finds no room. It has the
 * changes until it has committed some. */
static atomic_bool no_room;

static void
abort_turn(void)
{
	store_abort(turn.t);
	turn.t = NULL;
}

static int
commit(void)
{
	struct store_txn *t = turn.t;
	int err = turn.err;

	if (t == NULL)
		return 0;
	if (err)
		abort_turn();
	else
		err = kv_batch_commit(t, turn.before);
	turn.t = NULL;
	if (err == -ENOSPC || err == -ENOMEM)
		atomic_store(&no_room, true);
	if (err)
		kv_batch_fail(err);
	else
		kv_writer_note();
	return err;
}

/* Before its answers leave. */
static int
end_turn(void)
{
	int err = commit();

	if (err == 0)
		err = turn.lost;
	turn.lost = 0;
	return err;
}

void
kv_turn_close(void)
{
	int err = commit();

	if (err)
		turn.lost = err;
}

void
kv_turn_room(void)
{
	atomic_store(&no_room, false);
}

static bool
begin_turn(struct store *s)
{
	if (store_try_write(s, &turn.t) != 0) {
		turn.t = NULL;
		return false;
	}
	turn.err = 0;
	turn.n = 0;
	if (!store_is_tight(turn.t) &&
	    store_revision(turn.t, &turn.before) == 0)
		return true;
	abort_turn();
	return false;
}

/* Does a key get an end? The writer is to know of it. */
static bool
has_expiry(const struct kv_plan *p)
{
	for (unsigned i = 0; i < p->nchanges; i++)
		if (p->changes[i].kind == KV_CHANGE_PUT &&
		    p->changes[i].kv_change_u.put.ttl_ms != 0)
			return true;
	return false;
}

/* A call within the transaction. */
static enum kv_turn_result
run(struct call *c)
{
	bool changed;
	int err = kv_apply(turn.t, c, &changed);

	if (err == 0) {
		turn.n++;
		return KV_RUN;
	}
	/* Nothing of it was done, and the writer knows what to answer. */
	if (err == -EAGAIN)
		return KV_NOT_RUN;
	if (turn.n == 0) {
		abort_turn();
		return KV_NOT_RUN;
	}
	turn.err = err;
	return KV_RUN_FAILED;
}

enum kv_turn_result
kv_turn_run(struct store *s, struct svc_req *rq, const struct kv_plan *p)
{
	if (!store_is_async(s) || has_expiry(p) || kv_batch_failed() ||
	    atomic_load(&no_room) || !call_answer_after(rq, end_turn))
		return KV_NOT_RUN;
	if (turn.lost)
		return KV_RUN_FAILED;
	if (turn.t == NULL && (!kv_writer_is_idle() || !begin_turn(s)))
		return KV_NOT_RUN;
	return turn.err ? KV_RUN_FAILED : run(container_of(rq, struct call,
	    rq));
}
