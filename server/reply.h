/*
 * The reply of a call (call.h), written in place behind others: a head that
 * stands ready for most of them, then the results.
 *
 * Both append it to b, marked as a record when the origin is a stream: 0, or
 * -ENOMEM or -ENOBUFS with b unchanged. c->count tells what it has become.
 */
#ifndef RPCALLD_REPLY_H
#define RPCALLD_REPLY_H

#include <string.h>

#include "be.h"
#include "record.h"
#include "server/call.h"

enum {
	REPLY_ROOM = RECORD_MARK + ENVELOPE_REPLY_MAX,	/* bytes of a head */
	REPLY_FIRST = 12,	/* a frame's mark, xid and status */
	REPLY_LAST = 16,
};

/* With what proc encodes of where; what it cannot, or what is too large,
 * becomes SYSTEM_ERR. */
int reply_results(struct call *c, xdrproc_t proc, void *where, struct buf *b);

/* Without results, to say what st does, which is not success; not to who
 * asked everybody, and b is as it was. */
int reply_refusal(struct call *c, const struct reply_status *st,
    struct buf *b);

static inline bool
reply_is_void(xdrproc_t proc)
{
	return proc == (xdrproc_t)(void (*)(void))xdr_void;
}

/*
 * The head that stands ready, where b has REPLY_ROOM. Not one byte more than
 * it has, as results may be in place behind it; in pieces of lengths known to
 * the compiler, the last of which overlaps the first where it must.
 */
static inline void
reply_done(struct call *c, struct buf *b)
{
	const struct envelope *e = c->envelope;
	const uint8_t *from = e->done + RECORD_MARK - c->mark;
	uint8_t *out = b->data + b->len;
	uint32_t size = e->done_size;
	size_t mark = c->mark, n = mark + size;

	memcpy(out, from, REPLY_FIRST);
	if (n > REPLY_FIRST)
		memcpy(out + n - REPLY_LAST, from + n - REPLY_LAST, REPLY_LAST);
	memcpy(out + mark, &c->xid, sizeof(c->xid));
	b->len += n;
	c->count.outcome = REPLY_SUCCESS;
	c->count.reply_len = size;
}

/* With the result that a handler has left. */
static inline int
reply_result(struct call *c, struct buf *b)
{
	xdrproc_t proc = c->row->xdr_res;

	if (!reply_is_void(proc) || b->cap - b->len < REPLY_ROOM)
		return reply_results(c, proc, c->result, b);
	reply_done(c, b);
	return 0;
}

#endif
