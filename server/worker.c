/*
 * Workers: see worker.h. server.c creates and starts them.
 */
#include "server/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/call.h"
#include "server/dispatch.h"
#include "server/peer.h"
#include "server/peer_watch.h"
#include "server/server.h"
#include "server/service.h"

enum {
	OUT_KEPT = 8 << 20,	/* bytes of reply buffer kept between passes */
};

/* The worker whose thread this is, which has the turn whenever it looks. */
static _Thread_local struct worker *mine;

static struct worker *
worker_of(struct loop *l)
{
	return container_of(l, struct worker, loop);
}

static void
drain_over(struct timer *t, uint64_t now)
{
	(void)now;
	container_of(t, struct worker, drain_timer)->loop.stop = true;
}

static void
start_all(struct worker *w, struct peer *p)
{
	struct peer *next;

	for (; p != NULL; p = next) {
		next = p->next;
		peer_start(p, w);
	}
}

/* What came until now is drained with the others; for what comes later this
 * worker may have left already. */
static void
close_door(struct worker *w)
{
	struct peer *p;

	pthread_mutex_lock(&w->lock);
	w->no_arrivals = true;
	p = w->arrived;
	w->arrived = NULL;
	pthread_mutex_unlock(&w->lock);
	start_all(w, p);
}

static void
drain(struct worker *w)
{
	struct server *s = w->server;
	struct list *l, *next;

	close_door(w);
	w->draining = w->loop.pass_due = true;
	direct_stop(&w->direct);
	if (w->index == 0)
		services_drain();
	for (size_t i = 0; i < s->nendpoints; i++)
		if (s->endpoints[i].open)
			s->endpoints[i].mech->quiet(&s->endpoints[i], w);
	for (l = w->peers.prev; l != &w->peers; l = next) {
		next = l->prev;
		peer_drain(container_of(l, struct peer, link));
	}
	w->drain_timer.fire = drain_over;
	if (timer_set(&w->loop.timers, &w->drain_timer,
	    w->loop.now + s->limits.drain_ms * NS_PER_MS) != 0)
		w->loop.stop = true;
}

/* The inbox is a stack: answers leave in the order in which they came. */
static struct call *
in_order(struct call *c)
{
	struct call *first = NULL, *next;

	for (; c != NULL; c = next) {
		next = c->next;
		c->next = first;
		first = c;
	}
	return first;
}

static void
take_inbox(struct worker *w, struct call **calls, struct peer **peers)
{
	pthread_mutex_lock(&w->lock);
	*calls = w->answered;
	*peers = w->arrived;
	w->answered = NULL;
	w->arrived = NULL;
	pthread_mutex_unlock(&w->lock);
}

static void
answer(struct worker *w, struct call *c)
{
	w->deferred--;
	w->ndatagrams -= !c->origin->stream;
	list_remove(&c->link);
	w->loop.pass_due = true;
	counters_answered(w, c);
	c->origin->answer(c->origin, c);
}

static void
woken(struct loop *l)
{
	struct worker *w = worker_of(l);
	struct call *c, *next_call;
	struct peer *p;

	take_inbox(w, &c, &p);
	c = in_order(c);
	start_all(w, p);
	for (; c != NULL; c = next_call) {
		next_call = c->next;
		answer(w, c);
	}
	if (atomic_exchange(&w->room_wanted, false) &&
	    atomic_load(&w->server->peers) >= w->server->limits.peers)
		peer_close_idle(w);
	if (atomic_load(&w->server->drain) && !w->draining)
		drain(w);
}

/* One turn for each peer that has records left over. */
static __attribute__((noinline)) bool
serve_backlog(struct worker *w)
{
	struct list *link, *next;

	/* A marker: peers that come back behind it wait for the next pass. */
	list_append(&w->backlog, &w->turn_end);
	for (link = w->backlog.next; link != &w->turn_end; link = next) {
		struct peer *p = container_of(link, struct peer, backlog);

		list_remove(link);
		peer_serve(p);
		next = w->backlog.next;
	}
	list_remove(&w->turn_end);
	return true;
}

static bool
idle(struct loop *l)
{
	struct worker *w = worker_of(l);

	if (!list_empty(&w->backlog))
		return serve_backlog(w);
	if (spin_wanted(&w->spin))
		return spin_poll(w);
	l->leave = direct_wanted(w);
	return false;
}

/* What has gathered in a pass: answers to write, peers to free. */
static void
pass(struct loop *l)
{
	struct worker *w = worker_of(l);

	while (!list_empty(&w->answered_peers)) {
		struct peer *p = container_of(w->answered_peers.next,
		    struct peer, answered);

		list_remove(&p->answered);
		peer_flush(p);
	}
	while (!list_empty(&w->closed))
		peer_free(container_of(w->closed.next, struct peer, link));
	if (w->out.cap > OUT_KEPT)
		buf_release(&w->out);
	if ((w->draining || w->server->stdio) && list_empty(&w->peers) &&
	    w->deferred == 0)
		l->stop = true;
}

static void
turn_init(struct worker *w, const struct limits *l)
{
	uint64_t records = l->turn_records > 0 ? l->turn_records : 1;

	w->turn_bytes = (int64_t)l->turn_bytes;
	w->record_bytes = (uint32_t)(l->turn_bytes / records);
	w->turn_ns = l->turn_us * NS_PER_US;
	w->turn_sure = l->turn_us == 0 ? SIZE_MAX :
	    records * (RECORD_MARK + REPEAT_FRAME);
}

int
worker_init(struct worker *w, struct server *s, unsigned index)
{
	int err;

	memset(w, 0, sizeof(*w));
	w->server = s;
	w->index = index;
	list_init(&w->datagrams);
	list_init(&w->peers);
	list_init(&w->backlog);
	list_init(&w->turn_end);
	list_init(&w->closed);
	list_init(&w->answered_peers);
	pthread_mutex_init(&w->lock, NULL);
	spin_init(&w->spin, s->spin_us);
	direct_init(&w->direct);
	turn_init(w, &s->limits);
	err = loop_init(&w->loop);
	if (err)
		return err;
	w->loop.woken = woken;
	w->loop.idle = idle;
	w->loop.pass = pass;
	w->window = malloc(WORKER_WINDOW);
	w->call = call_new(w, services_args_size());
	err = counters_init(&w->counters);
	return err == 0 && w->window != NULL && w->call != NULL ? 0 : -ENOMEM;
}

/* Deferred calls that nobody will answer any more. */
static void
drop_datagrams(struct worker *w)
{
	struct list *l = w->datagrams.next, *next;

	for (; l != &w->datagrams; l = next) {
		struct call *c = container_of(l, struct call, link);

		next = l->next;
		call_drop(c);
	}
}

void
worker_release(struct worker *w)
{
	/* Its thread has ended: what is left is answered from this one. */
	worker_enter(w);
	woken(&w->loop);
	drop_datagrams(w);
	while (!list_empty(&w->peers))
		peer_close(container_of(w->peers.next, struct peer, link),
		    "the server ends");
	while (!list_empty(&w->closed))
		peer_free(container_of(w->closed.next, struct peer, link));
	loop_release(&w->loop);
	direct_release(&w->direct);
	buf_release(&w->out);
	call_free(w->call);
	counters_release(&w->counters);
	free(w->window);
	pthread_mutex_destroy(&w->lock);
}

int
worker_run(struct worker *w)
{
	return direct_run(w);
}

static void *
thread_main(void *arg)
{
	direct_run(arg);
	return NULL;
}

int
worker_start(struct worker *w)
{
	return -pthread_create(&w->thread, NULL, thread_main, w);
}

void
worker_enter(struct worker *w)
{
	mine = w;
}

bool
worker_here(const struct worker *w)
{
	return mine == w;
}

bool
worker_adopt(struct worker *w, struct peer *p)
{
	bool taken;

	pthread_mutex_lock(&w->lock);
	taken = !w->no_arrivals;
	if (taken) {
		p->next = w->arrived;
		w->arrived = p;
	}
	pthread_mutex_unlock(&w->lock);
	if (taken)
		loop_wake(&w->loop);
	return taken;
}

void
worker_ask_room(struct worker *w)
{
	if (!atomic_exchange(&w->room_wanted, true))
		loop_wake(&w->loop);
}

/* The call goes on alone; the worker gets another for its next request. */
static int
replace_call(struct worker *w, bool datagram)
{
	struct call *fresh;

	/* Streams are not read from at their limit; datagrams are refused. */
	if (datagram && w->ndatagrams >= w->server->limits.deferred)
		return -EBUSY;
	fresh = call_new(w, services_args_size());
	if (fresh == NULL)
		return -ENOMEM;
	w->call = fresh;
	w->deferred++;
	return 0;
}

int
worker_before_sent(struct worker *w)
{
	int (*before)(void) = w->before_sent;

	w->before_sent = NULL;
	return before != NULL ? before() : 0;
}

int
worker_defer(struct call *c)
{
	int err = replace_call(c->worker, !c->origin->stream);

	if (err)
		return err;
	if (c->origin->stream) {
		struct peer *p = container_of(c->origin, struct peer, origin);

		list_append(&p->deferred, &c->link);
		p->ndeferred++;
		p->held += c->held;
		if (peer_holds_enough(p))
			p->paused = true;
	} else {
		list_append(&c->worker->datagrams, &c->link);
		c->worker->ndatagrams++;
		c->remembered = *c->origin;
		c->origin = &c->remembered;
		c->xprt.xp_rtaddr.buf = &c->remembered.remote.ss;
	}
	return 0;
}

void
worker_answered(struct call *c)
{
	struct worker *w = c->worker;
	bool first;

	/* Within its handler, the turn it came in goes on first. */
	if (worker_here(w) && !c->in_handler) {
		answer(w, c);
		return;
	}
	pthread_mutex_lock(&w->lock);
	c->next = w->answered;
	/* Who put one there before has woken it, or is about to. */
	first = w->answered == NULL;
	w->answered = c;
	pthread_mutex_unlock(&w->lock);
	if (first)
		loop_wake(&w->loop);
}
