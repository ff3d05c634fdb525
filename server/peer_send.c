/*
 * What goes out to peers of stream mechanisms: a turn's replies, answers that
 * were deferred, what waits: see peer.h. In the thread of the peer's worker.
 */
#include <errno.h>
#include <string.h>

#include "server/call.h"
#include "server/peer.h"
#include "server/peer_watch.h"
#include "server/server.h"
#include "server/worker.h"

enum {
	CALL_ROOM = 256,	/* of a reply, beyond what was set aside */
};

/*
 * May n bytes of replies go out or wait? Any one may, however large, for it
 * was asked for while the peer was read from; more behind it only up to the
 * limit.
 */
static bool
queue_has_room(const struct peer *p, size_t n)
{
	const struct limits *l = &p->worker->server->limits;
	size_t queued = chan_queued(&p->chan);

	return queued <= l->pause || queued + n <= l->queue;
}

__attribute__((noinline)) int
peer_sent(struct peer *p, int err)
{
	if (err == -EPIPE || err == -ECONNRESET)
		peer_close(p, NULL);
	else if (err == -ENOBUFS)
		peer_close(p, "does not read its replies");
	else if (err != 0 && err != -EAGAIN)
		peer_close(p, strerror(-err));
	if (p->closed)
		return -1;
	peer_watch_update(p);
	return 0;
}

/* Those with a loan: what is lent of a record is so until the next. */
static __attribute__((noinline)) int
lend_replies(struct peer *p)
{
	struct worker *w = p->worker;
	struct xbuf_loan l = w->loan;
	int err;

	w->loan.len = 0;
	if (!queue_has_room(p, w->out.len + l.len))
		return -ENOBUFS;
	err = chan_lend(&p->chan, &w->out, l.at, l.data, l.len);
	return err ? err : chan_keep_record(&p->chan);
}

static inline int
send_replies(struct peer *p)
{
	struct worker *w = p->worker;

	if (w->loan.len > 0)
		return lend_replies(p);
	return queue_has_room(p, w->out.len) ?
	    chan_send(&p->chan, &w->out) : -ENOBUFS;
}

int
peer_send_turn(struct peer *p)
{
	struct buf *out = &p->worker->out;
	int err = worker_before_sent(p->worker);

	if (err)
		peer_close(p, strerror(-err));
	if (p->closed)
		return -1;
	if (out->len == 0)
		return 0;
	err = send_replies(p);
	out->len = 0;
	if (out->cap > OUT_CHUNK)
		p->worker->loop.pass_due = true;
	if (err == 0 && chan_queued(&p->chan) == 0 && p->stalled == 0)
		return 0;
	return peer_sent(p, err);
}

__attribute__((noinline)) void
peer_flush(struct peer *p)
{
	size_t before = chan_queued(&p->chan);
	int err = chan_flush(&p->chan);

	if (chan_queued(&p->chan) < before)
		peer_watch_taken(p, before - chan_queued(&p->chan));
	if (peer_sent(p, err) != 0)
		return;
	if (p->paused && !peer_holds_enough(p) &&
	    chan_queued(&p->chan) <= p->worker->server->limits.pause)
		peer_resume(p);
	peer_settle(p);
}

/* Queued here, written at the end of the pass with the others' answers. */
void
peer_answer(struct origin *o, struct call *c)
{
	struct peer *p = container_of(o, struct peer, origin);
	struct worker *w = p->worker;
	/* Room that was set aside when the call was read is there. */
	bool room = c->reply.len <= c->held + CALL_ROOM ||
	    queue_has_room(p, c->reply.len);
	int err = 0;

	p->ndeferred--;
	p->held -= c->held;
	if (!p->closed && c->reply.len == 0)
		err = -ENOMEM;	/* for its reply, which nobody sees now */
	else if (!p->closed)
		err = room ? chan_give(&p->chan, &c->reply) : -ENOBUFS;
	if (err)
		peer_fail(p, err);
	/* Before it is written others may come: none is served behind it. */
	else if (chan_queued(&p->chan) > w->server->limits.pause)
		p->paused = true;
	call_end(c);
	call_free(c);
	if (!p->closed)
		list_append(&w->answered_peers, &p->answered);
	else
		peer_bury(p);
}
