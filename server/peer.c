/*
 * Peers of stream mechanisms: see peer.h. Everything here runs in the thread
 * of the peer's worker.
 */
#include "server/peer.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "server/call.h"
#include "server/dispatch.h"
#include "server/peer_direct.h"
#include "server/peer_watch.h"
#include "server/server.h"
#include "server/worker.h"

enum {
	ALONE = 8,		/* turns at once for a peer that is alone */
};

static int look(struct spin_source *s);

struct peer *
peer_new(struct server *s, int rfd, int wfd, const struct origin *origin)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->origin = *origin;
	p->origin.envelope = mech_info[origin->mech].envelope;
	p->origin.fd = rfd;
	p->origin.stream = true;
	p->origin.reply_max = (uint32_t)s->limits.record;
	p->origin.answer = peer_answer;
	p->rio.fd = p->wio.fd = -1;
	p->source.look = look;
	p->source.direct = &peer_direct_ops;
	chan_init(&p->chan, rfd, wfd, &s->record_limits, &s->budget);
	list_init(&p->link);
	list_init(&p->backlog);
	list_init(&p->answered);
	list_init(&p->deferred);
	return p;
}

void
peer_start(struct peer *p, struct worker *w)
{
	p->worker = w;
	p->active = w->loop.now;
	list_append(&w->peers, &p->link);
	if (peer_watch_start(p) != 0)
		peer_close(p, "cannot be watched");
	else if (w->draining)
		peer_drain(p);
}

/* Serves one record: 0, or -errno when the peer or memory fails. */
static inline int
serve_record(struct peer *p, const uint8_t *msg, size_t len)
{
	struct worker *w = p->worker;
	int err = dispatch(w, &p->origin, msg, len);

	p->partial = 0;
	if (err == 0 && (w->out.len > OUT_CHUNK || w->loan.len > 0) &&
	    peer_send_turn(p) != 0)
		err = -EPIPE;
	return err;
}

/*
 * Serves complete records within so many bytes, where a small record counts
 * as much as turn_records of them may: 1 when there may be more, 0 when there
 * are none, -errno when the peer is at fault or memory is short.
 */
static inline int
serve_bytes(struct peer *p, int64_t bytes)
{
	struct worker *w = p->worker;

	while (bytes > 0 && !p->paused) {
		const uint8_t *msg;
		size_t len;
		int r = chan_next(&p->chan, &msg, &len);

		if (r != 1)
			return r;
		bytes -= len > w->record_bytes ? (int64_t)len :
		    w->record_bytes;
		r = serve_record(p, msg, len);
		if (r != 0)
			return r;
	}
	return record_reader_pending(&p->chan.in) > 0;
}

/*
 * One turn. Calls that take next to nothing are not worth another turn with a
 * read, a write and a copy of what is left: the clock is looked at once for
 * so many as a turn always has, and while it has been short it goes on.
 */
static int
serve_records(struct peer *p)
{
	struct worker *w = p->worker;
	int64_t bytes = w->turn_bytes * (worker_serves_one(w) ? ALONE : 1);
	uint64_t until = 0;
	int r;

	if (record_reader_pending(&p->chan.in) > w->turn_sure)
		until = clock_ns() + w->turn_ns;
	do
		r = serve_bytes(p, bytes);
	while (r == 1 && !p->paused && until != 0 && clock_ns() < until);
	return r;
}

/* All was served and answered, and nothing else is going on. */
static bool
is_quiet(const struct peer *p)
{
	return record_reader_is_empty(&p->chan.in) && !p->chan.eof &&
	    !p->paused && p->partial == 0 && !p->worker->draining &&
	    list_empty(&p->backlog);
}

static int
park(struct peer *p)
{
	int err;

	do
		err = chan_park(&p->chan);
	while (err == -ENOBUFS && peer_free_memory(p));
	return err;
}

/* After a turn that left something: half a record, a backlog, the end. */
static __attribute__((noinline)) void
after_turn(struct peer *p, int r)
{
	if (r >= 0) {
		int err = park(p);

		r = err ? err : r;
	}
	if (r < 0) {
		peer_fail(p, r);
		return;
	}
	if (r == 1 && !p->paused)
		list_append(&p->worker->backlog, &p->backlog);
	else
		list_remove(&p->backlog);
	if (p->paused || p->chan.eof)
		peer_watch_update(p);
	peer_watch_partial(p, r == 0);
	peer_settle(p);
}

/* r: as of serve_bytes(). */
static __attribute__((noinline)) void
end_turn(struct peer *p, int r)
{
	if (peer_send_turn(p) != 0)
		p->worker->out.len = p->worker->loan.len = 0;
	else if (r != 0 || !is_quiet(p))
		after_turn(p, r);
}

void
peer_serve(struct peer *p)
{
	spin_served(&p->worker->spin, &p->source);
	end_turn(p, serve_records(p));
}

/* Of one call there is a small reply, and nothing else is to be done. */
static inline bool
is_lone_reply(const struct peer *p, const struct worker *w)
{
	if (p->closed || p->paused)
		return false;
	return w->out.len > 0 && w->out.cap <= OUT_CHUNK &&
	    w->loan.len == 0 && w->before_sent == NULL &&
	    chan_queued(&p->chan) == 0;
}

/* Read directly, p is served without a look at the clock until one is needed. */
static void
look_at_clock(struct peer *p)
{
	if (p->direct)
		p->worker->loop.now = clock_ns();
}

static __attribute__((noinline)) void
end_lone(struct peer *p, int err)
{
	look_at_clock(p);
	end_turn(p, err);
}

static __attribute__((noinline)) void
send_rest(struct peer *p, ssize_t put)
{
	look_at_clock(p);
	peer_sent(p, chan_send_rest(&p->chan, &p->worker->out, put));
}

/* By peer_direct.c, where it is inlined, and here. */
void
peer_serve_lone(struct peer *p, struct worker *w, const uint8_t *msg,
    size_t len)
{
	struct buf *out = &w->out;
	int err = dispatch(w, &p->origin, msg, len);
	ssize_t put;

	if (err != 0 || !is_lone_reply(p, w)) {
		end_lone(p, err);
		return;
	}
	put = chan_send_first(&p->chan, out);
	if (put != (ssize_t)out->len)
		send_rest(p, put);
	out->len = 0;
}

static void
note_activity(struct peer *p)
{
	struct worker *w = p->worker;

	p->active = w->loop.now;
	if (w->peers.prev != &p->link)
		list_append(&w->peers, &p->link);
}

uint64_t
peer_active(struct peer *p)
{
	if (p->direct)
		p->active = direct_came(p->worker);
	return p->active;
}

static __attribute__((noinline)) bool
read_failed(struct peer *p, int err)
{
	if (err == -ENOBUFS && peer_free_memory(p))
		return peer_read(p);
	/* The part that was kept has been moved to where others read, too. */
	if (err == -EAGAIN)
		err = park(p);
	if (err)
		peer_fail(p, err);
	return false;
}

/* As peer_took(); before, the peer was between two records. */
static bool
took_first(struct peer *p, uint8_t *data, ssize_t n)
{
	size_t len = n > 0 && !p->paused && !p->worker->draining ?
	    record_lone(data, (size_t)n, p->chan.in.whole_max) : 0;

	if (len == 0)
		return peer_took(p, data, n);
	note_activity(p);
	peer_serve_lone(p, p->worker, data + RECORD_MARK, len);
	return true;
}

bool
peer_read(struct peer *p)
{
	struct worker *w = p->worker;
	uint8_t *data = w->window;
	size_t room = WORKER_WINDOW;
	bool between = record_reader_is_empty(&p->chan.in);
	int err = between ? 0 :
	    chan_space(&p->chan, w->window, WORKER_WINDOW, &data, &room);
	ssize_t n;

	if (err)
		return read_failed(p, err);
	n = chan_read_some(&p->chan, data, room);
	if (n >= 0)
		spin_served(&w->spin, &p->source);
	return between ? took_first(p, data, n) : peer_took(p, data, n);
}

__attribute__((noinline)) bool
peer_took(struct peer *p, uint8_t *data, ssize_t n)
{
	if (n < 0)
		return read_failed(p, (int)n);
	note_activity(p);
	chan_took(&p->chan, data, (size_t)n);
	end_turn(p, serve_records(p));
	return n > 0;
}

static int
look(struct spin_source *s)
{
	struct peer *p = container_of(s, struct peer, source);

	if (p->closed || p->paused || p->chan.eof || !list_empty(&p->backlog))
		return -1;
	return peer_read(p) ? 1 : p->closed ? -1 : 0;
}

void
peer_drain(struct peer *p)
{
	if (!p->paused && !p->direct && list_empty(&p->backlog) &&
	    !p->chan.eof)
		peer_read(p);
	if (p->closed)
		return;
	peer_watch_update(p);
	peer_settle(p);
}

void
peer_resume(struct peer *p)
{
	p->paused = false;
	peer_watch_update(p);
	if (!p->paused && !p->direct)
		list_append(&p->worker->backlog, &p->backlog);
}

void
peer_undirect(struct peer *p)
{
	int err;

	p->direct = false;
	if (p->closed) {
		chan_release(&p->chan);
		peer_bury(p);
		return;
	}
	note_activity(p);
	err = park(p);
	if (err == 0)
		err = chan_set_nonblocking(&p->chan);
	if (err == 0)
		err = peer_watch_resume(p);
	if (err)
		peer_fail(p, err);
	else if (p->worker->draining)
		peer_drain(p);
	else
		peer_settle(p);
}
