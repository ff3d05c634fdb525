/*
 * Readiness and deadlines of a peer: see peer_watch.h.
 *
 * One timer per peer, moved lazily: a call only stores the time, and the
 * timer looks when it fires whether that was the deadline. It is moved
 * forward only when a stricter deadline begins (half a record, unread bytes).
 */
#include "server/peer_watch.h"

#include <errno.h>

#include "chan_queue.h"
#include "clock.h"
#include "server/server.h"
#include "server/worker.h"

static bool
is_socket(const struct peer *p)
{
	return p->chan.rfd == p->chan.wfd;
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* By when a record that is half there must be whole. */
static uint64_t
partial_deadline(const struct peer *p, const struct limits *l)
{
	size_t got = record_reader_pending(&p->chan.in);
	uint64_t ms = l->record_ms, at;

	if (got < RECORD_MARK)
		return p->partial + l->header_ms * NS_PER_MS;
	/* A large record may take longer if it comes at record_rate. */
	if (l->record_rate > 0 && got / l->record_rate * 1000 > ms)
		ms = got / l->record_rate * 1000;
	at = p->partial + ms * NS_PER_MS;
	/* And not after a silence, however much came before it. */
	return earlier(at, p->active + l->record_ms * NS_PER_MS);
}

/*
 * By when more of the queue must be taken: some of it within stall_ms, and,
 * counted over a longer time, so much as comes at record_rate.
 */
static uint64_t
queue_deadline(const struct peer *p, const struct limits *l)
{
	uint64_t silent = p->stalled + l->stall_ms * NS_PER_MS;
	uint64_t ms = l->stall_ms;

	if (l->record_rate == 0)
		return silent;
	if (p->taken * 1000 / l->record_rate > ms)
		ms = p->taken * 1000 / l->record_rate;
	return earlier(silent, p->counted + ms * NS_PER_MS);
}

static uint64_t
deadline(struct peer *p, const char **why)
{
	const struct limits *l = &p->worker->server->limits;
	uint64_t at = UINT64_MAX;

	if (p->partial != 0) {
		at = partial_deadline(p, l);
		*why = "record not completed in time";
	}
	if (p->stalled != 0 && queue_deadline(p, l) < at) {
		at = queue_deadline(p, l);
		*why = "does not read its replies";
	}
	if (at == UINT64_MAX && p->ndeferred == 0) {
		at = peer_active(p) + l->idle_ms * NS_PER_MS;
		*why = "idle";
	}
	return at;
}

static void
arm(struct peer *p, uint64_t at)
{
	uint64_t idle = p->worker->loop.now +
	    p->worker->server->limits.idle_ms * NS_PER_MS;

	if (timer_set(&p->worker->loop.timers, &p->timer,
	    earlier(at, idle)) != 0)
		peer_close(p, "no memory for a timer");
}

static void
timer_fired(struct timer *t, uint64_t now)
{
	struct peer *p = container_of(t, struct peer, timer);
	const char *why = NULL;
	uint64_t at = deadline(p, &why);

	if (at <= now)
		peer_close(p, why);
	else
		arm(p, at);
}

/* A stricter deadline has begun. */
static void
arm_sooner(struct peer *p)
{
	const char *why;
	uint64_t at = deadline(p, &why);

	if (p->timer.slot == 0 || at < p->timer.when)
		arm(p, at);
}

/* Not the plain case: writable as well, hung up, or not to be read. */
static __attribute__((noinline)) void
readable_and_more(struct peer *p, uint32_t events)
{
	if (events & EPOLLOUT)
		peer_flush(p);
	if (p->closed || p->direct)
		return;
	if (!list_empty(&p->backlog))
		return;		/* what is there comes first */
	if (!p->paused && !p->chan.eof)
		peer_read(p);
	else if (events & (EPOLLHUP | EPOLLERR))
		/* Nobody is left to read the replies; and it is reported for
		 * ever if it is not acted on. */
		peer_close(p, NULL);
}

static void
readable(struct loop_io *io, uint32_t events)
{
	struct peer *p = container_of(io, struct peer, rio);

	if (events == EPOLLIN && list_empty(&p->backlog))
		peer_read(p);
	else
		readable_and_more(p, events);
}

static void
writable(struct loop_io *io, uint32_t events)
{
	struct peer *p = container_of(io, struct peer, wio);

	if (chan_queued(&p->chan) == 0 && (events & EPOLLERR))
		peer_close(p, NULL);
	else
		peer_flush(p);
}

int
peer_watch_start(struct peer *p)
{
	struct worker *w = p->worker;

	p->rio.ready = readable;
	p->wio.ready = writable;
	p->timer.fire = timer_fired;
	arm(p, p->active + w->server->limits.idle_ms * NS_PER_MS);
	return loop_add(&w->loop, &p->rio, p->chan.rfd, EPOLLIN, 0);
}

void
peer_watch_stop(struct peer *p)
{
	struct loop *l = &p->worker->loop;

	timer_clear(&l->timers, &p->timer);
	loop_del(l, &p->rio);
	loop_del(l, &p->wio);
}

/* Read directly it is not watched at all, unless replies wait. */
static void
watch_socket(struct peer *p, bool in, bool out)
{
	struct loop *l = &p->worker->loop;
	uint32_t events = (in ? EPOLLIN : 0) | (out ? EPOLLOUT : 0);

	if (p->direct && !out)
		loop_del(l, &p->rio);
	else if (p->rio.fd < 0)
		loop_add(l, &p->rio, p->chan.rfd, events, 0);
	else
		loop_mod(l, &p->rio, events);
}

/*
 * A pipe whose writer has left hangs up for ever, whatever is watched for:
 * so it is watched only while it is to be read.
 */
static void
watch_pipes(struct peer *p, bool in, bool out)
{
	struct loop *l = &p->worker->loop;

	if (in && p->rio.fd < 0)
		loop_add(l, &p->rio, p->chan.rfd, EPOLLIN, 0);
	else if (!in)
		loop_del(l, &p->rio);
	/* Who has only finished sending still reads; who is gone does not. */
	if (!out && !(p->chan.eof && p->ndeferred > 0))
		loop_del(l, &p->wio);
	else if (p->wio.fd < 0)
		loop_add(l, &p->wio, p->chan.wfd, out ? EPOLLOUT : 0, 0);
	else
		loop_mod(l, &p->wio, out ? EPOLLOUT : 0);
}

bool
peer_holds_enough(const struct peer *p)
{
	const struct limits *l = &p->worker->server->limits;

	return p->ndeferred >= l->deferred ||
	    chan_queued(&p->chan) + p->held > l->queue;
}

static bool
is_read(const struct peer *p)
{
	return !p->paused && !p->chan.eof && !p->worker->draining &&
	    !p->direct;
}

void
peer_watch_update(struct peer *p)
{
	const struct limits *l = &p->worker->server->limits;
	size_t queued = chan_queued(&p->chan);

	if (queued > l->pause || peer_holds_enough(p))
		p->paused = true;
	if (is_socket(p))
		watch_socket(p, is_read(p), queued > 0);
	else
		watch_pipes(p, is_read(p), queued > 0);
	if (queued == 0)
		p->stalled = 0;
	else if (p->stalled == 0) {
		p->stalled = p->counted = p->worker->loop.now;
		p->taken = 0;
		arm_sooner(p);
	}
}

void
peer_watch_taken(struct peer *p, size_t n)
{
	const struct limits *l = &p->worker->server->limits;
	uint64_t now = p->worker->loop.now;

	if (p->stalled == 0)
		return;
	p->stalled = now;
	p->taken += n;
	/* Counted anew after a while, unless it was too slow: having been
	 * fast is no credit for being slow later. */
	if (now - p->counted >= l->stall_ms * NS_PER_MS &&
	    queue_deadline(p, l) > now) {
		p->counted = now;
		p->taken = 0;
	}
}

int
peer_watch_resume(struct peer *p)
{
	peer_watch_update(p);
	return p->rio.fd < 0 && (is_socket(p) || is_read(p)) ? -ENOMEM : 0;
}

void
peer_watch_partial(struct peer *p, bool may_be)
{
	if (!may_be || record_reader_pending(&p->chan.in) == 0)
		p->partial = 0;
	else {
		if (p->partial == 0)
			p->partial = p->worker->loop.now;
		/* The mark's deadline becomes the record's. */
		arm_sooner(p);
	}
}

static size_t
memory_held(const struct peer *p)
{
	return p->chan.in.own.cap + chan_queue_memory(&p->chan);
}

bool
peer_free_memory(struct peer *p)
{
	struct peer *most = p;
	struct list *l, *peers = &p->worker->peers;

	for (l = peers->next; l != peers; l = l->next) {
		struct peer *other = container_of(l, struct peer, link);

		if (memory_held(other) > memory_held(most))
			most = other;
	}
	if (most == p)
		return false;
	peer_close(most, "held the most when buffers were used up");
	return true;
}
