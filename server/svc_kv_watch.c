/*
 * WATCH of KV: changes that are in the log already are answered at once; who
 * asks for later ones waits, and one thread answers them all: when there was a
 * commit, when their time is over, when the server drains.
 *
 * Other processes commit, too: who waits has it looked for every LOOK_MS.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "server/share.h"
#include "server/svc_kv_turn.h"
#include "server/thread.h"

enum {
	LOOK_MS = 50,	/* between looks at the store's version */
	RECENT = 256,	/* changes that are read once for all who wait */
};

/* A call that waits; call->own is it as long as nobody answers it. */
struct watch {
	struct list link;	/* of those that wait, or of those ready */
	struct call *call;
	const kv_watch_args *args;	/* the call's */
	unsigned share;		/* whose it is */
	uint64_t checked;	/* up to this revision there was nothing */
	uint64_t deadline;	/* clock_ns() */
};

static struct watches {
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	struct list all;	/* that wait */
	uint64_t max;
	atomic_uint each[SHARES];	/* how many of each identity wait */
	atomic_ullong n;
	uint64_t deadline;	/* the first of all */
	uint64_t version;	/* of the store, that was looked at */
	bool running, stop, draining, look;	/* look: there may be news */
} watches = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
};

/* The latest changes, by revision. */
struct recent {
	struct store_bounds bounds;
	uint64_t first;
	struct store_change change[RECENT];
};

unsigned long long
kv_watch_waiting(void)
{
	return atomic_load(&watches.n);
}

/* Without r it has failed. */
static void
reply(struct watch *w, kv_watch_result *r)
{
	if (r != NULL)
		svc_sendreply(&w->call->xprt, KV_XDR(kv_watch_result),
		    (char *)r);
	else
		svcerr_systemerr(&w->call->xprt);
	call_reply(w->call);
	free(w);
}

/* Answers w, which is in no list, with what there is. */
static void
answer(struct store_txn *t, struct watch *w)
{
	kv_watch_result r;
	int err = kv_events(t, w->args, w->checked, &r);

	reply(w, err >= 0 ? &r : NULL);
	kv_events_free(&r);
}

/* Nothing has happened. */
static void
answer_none(struct watch *w)
{
	kv_watch_result r = { .status = KV_OK };

	r.kv_watch_result_u.page.revision = w->checked;
	reply(w, &r);
}

/* Whoever takes a watch out answers its call. Locked. */
static void
take_out(struct watches *ws, struct watch *w)
{
	list_remove(&w->link);
	w->call->own = NULL;
	atomic_fetch_sub(&ws->each[w->share], 1);
	atomic_fetch_sub(&ws->n, 1);
}

static int
read_recent(struct store_txn *t, struct recent *r)
{
	struct store_bounds *b = &r->bounds;
	int err = store_bounds(t, b);

	r->first = b->compacted + 1;
	if (b->revision - b->compacted > RECENT)
		r->first = b->revision - RECENT + 1;
	for (uint64_t i = r->first; err == 0 && i <= b->revision; i++)
		err = store_change_at(t, i, &r->change[i - r->first]);
	return err;
}

/* Is there something for w? If not, it has checked all. */
static bool
concerns(const struct recent *r, struct watch *w)
{
	/* It is far behind: it gets what is found from there on. */
	if (w->checked + 1 < r->first || w->checked > r->bounds.revision)
		return true;
	for (; w->checked < r->bounds.revision; w->checked++)
		if (kv_begins_with(r->change[w->checked + 1 - r->first].key,
		    &w->args->prefix))
			return true;
	return false;
}

/* Moves those who are to be answered to ready. Locked. */
static void
find_ready(struct watches *ws, const struct recent *r, struct list *ready)
{
	uint64_t now = clock_ns();
	struct list *l, *next;

	ws->deadline = UINT64_MAX;
	for (l = ws->all.next; l != &ws->all; l = next) {
		struct watch *w = container_of(l, struct watch, link);

		next = l->next;
		if (now < w->deadline && !concerns(r, w)) {
			if (w->deadline < ws->deadline)
				ws->deadline = w->deadline;
			continue;
		}
		take_out(ws, w);
		list_append(ready, &w->link);
	}
}

static void
answer_ready(struct store_txn *t, struct list *ready)
{
	while (!list_empty(ready)) {
		struct watch *w = container_of(ready->next, struct watch,
		    link);

		list_remove(&w->link);
		answer(t, w);
	}
}

/* Looks at the store for all. Locked; unlocks while it answers. */
static void
look(struct watches *ws)
{
	struct recent recent;
	struct store_txn *t;
	struct list ready;

	ws->look = false;
	/* When the next one is due is known only where looking succeeds. */
	ws->deadline = clock_ns() + LOOK_MS * NS_PER_MS;
	if (store_read(ws->store, &t) != 0)
		return;
	ws->version = store_txn_version(t);
	list_init(&ready);
	if (read_recent(t, &recent) == 0)
		find_ready(ws, &recent, &ready);
	pthread_mutex_unlock(&ws->lock);
	answer_ready(t, &ready);
	store_read_end(t);
	pthread_mutex_lock(&ws->lock);
}

/* Until somebody pokes, time is over for one, or others may have written. */
static void
wait_for_work(struct watches *ws)
{
	uint64_t look_at = clock_ns() + LOOK_MS * NS_PER_MS;
	uint64_t at = ws->deadline < look_at ? ws->deadline : look_at;
	struct timespec until = { (time_t)(at / NS_PER_S),
		(long)(at % NS_PER_S) };

	pthread_cond_timedwait(&ws->cond, &ws->lock, &until);
}

static void *
watch_main(void *arg)
{
	struct watches *ws = arg;

	pthread_mutex_lock(&ws->lock);
	while (!ws->stop) {
		if (list_empty(&ws->all))
			pthread_cond_wait(&ws->cond, &ws->lock);
		else if (!ws->look)
			wait_for_work(ws);
		if (!list_empty(&ws->all) && (ws->look ||
		    clock_ns() >= ws->deadline ||
		    store_version(ws->store) != ws->version))
			look(ws);
	}
	pthread_mutex_unlock(&ws->lock);
	return NULL;
}

void
kv_watch_poke(void)
{
	struct watches *ws = &watches;

	if (atomic_load(&ws->n) == 0)
		return;
	pthread_mutex_lock(&ws->lock);
	ws->look = true;
	pthread_cond_signal(&ws->cond);
	pthread_mutex_unlock(&ws->lock);
}

/* Its peer is gone, or sends no more. */
static void
dropped(struct call *c)
{
	struct watches *ws = &watches;
	struct watch *w;

	pthread_mutex_lock(&ws->lock);
	w = c->own;
	if (w != NULL)
		take_out(ws, w);
	pthread_mutex_unlock(&ws->lock);
	if (w != NULL)
		answer_none(w);
}

/* Nobody has more than he leaves to the others. */
static bool
has_room(const struct watches *ws, unsigned share)
{
	return atomic_load(&ws->each[share]) + atomic_load(&ws->n) < ws->max;
}

/* Puts w among those who wait: false when nobody may any more. A commit since
 * the store had this version was not seen by it. */
static bool
put_in(struct watches *ws, struct watch *w, uint64_t version)
{
	bool ok;

	pthread_mutex_lock(&ws->lock);
	ok = !ws->draining;
	if (ok) {
		list_append(&ws->all, &w->link);
		atomic_fetch_add(&ws->each[w->share], 1);
		atomic_fetch_add(&ws->n, 1);
		w->call->own = w;
		w->call->dropped = w->call->hurry = dropped;
		if (w->deadline < ws->deadline)
			ws->deadline = w->deadline;
		if (store_version(ws->store) != version)
			ws->look = true;
		pthread_cond_signal(&ws->cond);
	}
	pthread_mutex_unlock(&ws->lock);
	return ok;
}

static bool_t
wait_for_change(struct svc_req *rq, const kv_watch_args *a, uint64_t version)
{
	struct watches *ws = &watches;
	kv_watch_result busy = { .status = KV_BUSY };
	struct watch *w = NULL;
	struct call *c = NULL;
	uint64_t ms = a->timeout_ms < KV_WATCH_MS_MAX ? a->timeout_ms :
	    KV_WATCH_MS_MAX;
	unsigned share = share_of(container_of(rq, struct call, rq)->origin);

	if (has_room(ws, share) && call_may_linger(rq))
		w = malloc(sizeof(*w));
	if (w != NULL)
		c = call_defer(rq);
	if (c == NULL) {
		free(w);
		return kv_answer(rq, KV_XDR(kv_watch_result), &busy);
	}
	*w = (struct watch){ .call = c, .args = a, .share = share,
		.checked = a->since,
		.deadline = clock_ns() + ms * NS_PER_MS };
	list_init(&w->link);
	if (!put_in(ws, w, version))
		answer_none(w);
	return FALSE;
}

bool_t
kv_watch_1_svc(kv_watch_args *a, kv_watch_result *res, struct svc_req *rq)
{
	struct store *s = kv_store(rq);
	struct store_txn *t;
	kv_watch_result r;
	uint64_t version;
	int found;

	(void)res;
	if (s == NULL)
		return FALSE;
	kv_turn_close();
	if (store_read(s, &t) != 0)
		return kv_failed(rq);
	version = store_txn_version(t);
	found = kv_events(t, a, a->since, &r);
	if (found == 1 || (found == 0 && a->timeout_ms == 0))
		kv_answer(rq, KV_XDR(kv_watch_result), &r);
	kv_events_free(&r);
	store_read_end(t);
	if (found < 0)
		return kv_failed(rq);
	return found == 1 || a->timeout_ms == 0 ? FALSE :
	    wait_for_change(rq, a, version);
}

int
kv_watch_start(struct store *store, uint64_t max)
{
	struct watches *ws = &watches;
	int err;

	ws->store = store;
	ws->max = max;
	ws->stop = ws->draining = ws->look = false;
	ws->version = 0;
	ws->deadline = UINT64_MAX;
	list_init(&ws->all);
	thread_cond_init(&ws->cond);
	err = thread_start(&ws->thread, watch_main, ws);
	ws->running = err == 0;
	return err;
}

void
kv_watch_drain(void)
{
	struct watches *ws = &watches;
	struct list out;

	if (!ws->running)
		return;
	list_init(&out);
	pthread_mutex_lock(&ws->lock);
	ws->draining = true;
	while (!list_empty(&ws->all)) {
		struct watch *w = container_of(ws->all.next, struct watch,
		    link);

		take_out(ws, w);
		list_append(&out, &w->link);
	}
	pthread_mutex_unlock(&ws->lock);
	while (!list_empty(&out)) {
		struct watch *w = container_of(out.next, struct watch, link);

		list_remove(&w->link);
		answer_none(w);
	}
}

void
kv_watch_stop(void)
{
	struct watches *ws = &watches;

	if (!ws->running)
		return;
	kv_watch_drain();
	pthread_mutex_lock(&ws->lock);
	ws->stop = true;
	pthread_cond_signal(&ws->cond);
	pthread_mutex_unlock(&ws->lock);
	pthread_join(ws->thread, NULL);
	pthread_cond_destroy(&ws->cond);
	ws->running = false;
}
