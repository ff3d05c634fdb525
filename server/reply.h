/*
 * The reply of a call (call.h), written in place behind others: a head that
 * stands ready for most of them, then the results.
 *
 * Both append it to b, marked as a record when the origin is a stream: 0, or
 * -ENOMEM or -ENOBUFS with b unchanged. c->count tells what it has become.
 */
#ifndef RPCALLD_REPLY_H
#define RPCALLD_REPLY_H

#include "server/call.h"

/* With what proc encodes of where; what it cannot, or what is too large,
 * becomes SYSTEM_ERR. */
int reply_results(struct call *c, xdrproc_t proc, void *where, struct buf *b);

/* Without results, to say what st does, which is not success; not to who
 * asked everybody, and b is as it was. */
int reply_refusal(struct call *c, const struct reply_status *st,
    struct buf *b);

/* With the result that a handler has left. */
static inline int
reply_result(struct call *c, struct buf *b)
{
	return reply_results(c, c->row->xdr_res, c->result, b);
}

#endif
