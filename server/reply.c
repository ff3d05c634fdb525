/*
 * Replies: see reply.h. Called by dispatch.c, and by call.c for handlers.
 */
#include "server/reply.h"

#include <string.h>

#include "be.h"
#include "record.h"
#include "server/worker.h"
#include "xbuf.h"

/* There is none, for want of memory or because it is not to be. */
static __attribute__((noinline, cold)) int
no_reply(struct call *c, int err)
{
	c->count.outcome = OUTCOME_NO_REPLY;
	return err;
}

int
reply_refusal(struct call *c, const struct reply_status *st, struct buf *b)
{
	size_t mark = c->mark, n;
	uint8_t *out;
	int err;

	/* One of a crowd: others may know better. */
	if (c->origin->broadcast)
		return no_reply(c, 0);
	err = buf_reserve(b, mark + ENVELOPE_REPLY_MAX);
	if (err)
		return no_reply(c, err);
	out = b->data + b->len;
	n = c->envelope->write_reply(out + mark, be32toh(c->xid), st);
	if (mark > 0)
		record_mark(out, n);
	b->len += mark + n;
	c->count.outcome = st->kind;
	c->count.reply_len = (uint32_t)n;
	return 0;
}

/*
 * The results, behind the head at start, where mark bytes are its mark. What
 * is in the message is sent from there, if that is soon: see peer.c.
 */
static __attribute__((noinline)) int
encode_results(struct call *c, xdrproc_t proc, void *where, struct buf *b,
    size_t start, size_t mark)
{
	static const struct reply_status failed = { .kind = REPLY_SYSTEM_ERR };
	struct xbuf_loan l = { c->body, c->body_len, 0, 0 };
	struct worker *w = c->worker;
	XDR xdr;

	xbuf_encode(&xdr, b, start + mark + c->origin->reply_max);
	/* A copy of the arguments goes with the call, before that. */
	if (mark > 0 && b == &w->out && c->copy == NULL)
		xbuf_lend(&xdr, &l);
	if (!proc(&xdr, where)) {
		b->len = start;
		return reply_refusal(c, &failed, b);
	}
	if (l.len > 0)
		w->loan = l;
	c->count.reply_len = (uint32_t)(b->len - start - mark + l.len);
	if (mark > 0)
		record_mark(b->data + start, c->count.reply_len);
	return 0;
}

static __attribute__((noinline)) int
make_room(struct call *c, xdrproc_t proc, void *where, struct buf *b)
{
	int err = buf_reserve(b, REPLY_ROOM);

	return err ? no_reply(c, err) : reply_results(c, proc, where, b);
}

/* Calls nothing that it does not end with: then it has nothing to save. */
int
reply_results(struct call *c, xdrproc_t proc, void *where, struct buf *b)
{
	size_t start = b->len;

	if (b->cap - start < REPLY_ROOM)
		return make_room(c, proc, where, b);
	reply_done(c, b);
	return reply_is_void(proc) ? 0 :
	    encode_results(c, proc, where, b, start, c->mark);
}
