/*
 * Answering after a while: see defer.h. The rest of it is in call.c.
 */
#include "be.h"
#include "record.h"
#include "server/call.h"
#include "server/peer.h"
#include "server/worker.h"

static void
delay_over(struct timer *t, uint64_t now)
{
	(void)now;
	call_reply(container_of(t, struct call, timer));
}

static void
delay_dropped(struct call *c)
{
	timer_clear(&c->worker->loop.timers, &c->timer);
	call_reply(c);
}

void
call_reply_after(struct call *c, uint64_t ns)
{
	c->timer.fire = delay_over;
	c->dropped = delay_dropped;
	/* Counted from now, not from when this pass of the loop began. */
	if (timer_set(&c->worker->loop.timers, &c->timer,
	    clock_ns() + ns) != 0)
		call_reply(c);
}

uint8_t *
call_reply_room(struct call *c, size_t before, size_t n)
{
	struct buf *b = c->deferred ? &c->reply : &c->worker->out;
	size_t at = c->mark + c->envelope->done_size + before;

	/* As much as encoding reserves: then it moves nothing. */
	if (buf_reserve(b, RECORD_MARK + ENVELOPE_REPLY_MAX +
	    before + xdr_padded(n)) != 0)
		return NULL;
	return b->data + b->len + at;
}

void
call_lend(struct call *c, const uint8_t *data, size_t n)
{
	c->body = data;
	c->body_len = n;
}

bool
call_answer_after(struct svc_req *rq, int (*before)(void))
{
	struct call *c = container_of(rq, struct call, rq);

	if (!c->origin->stream || (c->worker->before_sent == NULL &&
	    !worker_serves_one(c->worker)) ||
	    container_of(c->origin, struct peer, origin)->ndeferred > 0)
		return false;
	c->worker->before_sent = before;
	return true;
}
