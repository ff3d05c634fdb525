/*
 * The client engine's datagrams: see conn_datagram.h.
 */
#include "conn_datagram.h"

#include <errno.h>
#include <string.h>

#include "trace.h"
#include "train.h"

void
conn_datagram_init(struct conn *c)
{
	train_accept(c->link.rfd);
}

int
conn_datagram_join(struct conn *c, size_t start)
{
	size_t len = c->out.len - start;
	int err;

	if (start > 0 && (len != c->segment || c->out.len > TRAIN_BYTES ||
	    start >= TRAIN_MAX * len)) {
		c->out.len = start;
		err = conn_send(c);
		if (err)
			return err;	/* nothing is queued any more */
		memmove(c->out.data, c->out.data + start, len);
		c->out.len = len;
	}
	c->segment = len;
	/* It is shown message by message. */
	return trace_is_on() ? conn_send(c) : 0;
}

int
conn_datagram_send(struct conn *c)
{
	int err = train_send(c->link.wfd, c->out.data, c->out.len, c->segment);

	c->out.len = 0;
	/* A full buffer loses it, as the network may: resent later. */
	return err == -EAGAIN ? 0 : err;
}

ssize_t
conn_datagram_read(struct conn *c)
{
	ssize_t n;

	do
		n = train_receive(c->link.rfd, c->window, CONN_WINDOW,
		    &c->in.segment);
	while (n == -EINTR && !c->blocking);
	c->in.pos = 0;
	c->in.end = n > 0 ? (size_t)n : 0;
	return n;
}

int
conn_datagram_next(struct conn *c, const uint8_t **msg, size_t *len)
{
	size_t left = c->in.end - c->in.pos;

	if (left == 0)
		return 0;
	*msg = c->window + c->in.pos;
	*len = left < c->in.segment ? left : c->in.segment;
	c->in.pos += *len;
	return 1;
}
