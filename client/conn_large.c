/*
 * Calls with large arguments: see conn_large.h. Called by conn.c for one call
 * at a time, and by measure/pipeline.c.
 */
#include "conn_large.h"

#include <errno.h>

#include "conn_head.h"
#include "trace.h"

int
conn_lend(struct conn *c, struct call_head *head, const void *args, size_t n)
{
	int err;

	/* A datagram is one piece, and a trace shows one. */
	if (n < CONN_LARGE || c->link.datagram || trace_is_on())
		return conn_queue(c, head, args, n);
	err = buf_reserve(&c->out, RECORD_MARK + ENVELOPE_CALL_MAX);
	if (err)
		return err;
	c->out.len += conn_put_head(c, head, n, c->out.data + c->out.len);
	return chan_lend(&c->chan, &c->out, c->out.len, args, n);
}

int
conn_keep(struct conn *c)
{
	if (chan_keep(&c->chan) == 0)
		return 0;
	chan_release(&c->chan);
	c->link.rfd = c->link.wfd = -1;
	return -ENOMEM;
}
