/*
 * Channels: the one layer that moves bytes, under every stream mechanism of
 * both ends. One read and one write per pass is the common case.
 */
#include "chan.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "fd.h"

enum { COPY_MAX = 16 << 10 };	/* bytes that are rather copied than moved */

void
chan_init(struct chan *c, int rfd, int wfd, const struct record_limits *limits,
    struct budget *budget)
{
	memset(c, 0, sizeof(*c));
	c->rfd = rfd;
	c->wfd = wfd;
	c->out.budget = budget;
	record_reader_init(&c->in, limits, budget);
}

void
chan_release(struct chan *c)
{
	fd_close(c->rfd);
	if (c->wfd != c->rfd)
		fd_close(c->wfd);
	c->rfd = c->wfd = -1;
	record_reader_release(&c->in);
	buf_release(&c->out);
	c->out_off = 0;
}

int
chan_space(struct chan *c, uint8_t *window, size_t size, uint8_t **data,
    size_t *room)
{
	return record_reader_space(&c->in, window, size, data, room);
}

void
chan_took(struct chan *c, size_t n)
{
	if (n > 0)
		record_reader_feed(&c->in, n);
	else
		c->eof = true;
}

ssize_t
chan_read(struct chan *c, uint8_t *window, size_t size, size_t *room)
{
	uint8_t *data;
	ssize_t n;
	int err = chan_space(c, window, size, &data, room);

	if (err)
		return err;
	n = c->interruptible ? fd_read_once(c->rfd, data, *room) :
	    fd_read(c->rfd, data, *room);
	if (n >= 0)
		chan_took(c, (size_t)n);
	return n;
}

int
chan_set_blocking(struct chan *c, uint64_t ms)
{
	struct timeval tv = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_usec = (suseconds_t)(ms % 1000 * 1000),
	};
	int err;

	if (setsockopt(c->rfd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) < 0)
		return -errno;
	err = fd_set_nonblock(c->rfd, 0);
	c->blocking = err == 0;
	return err;
}

int
chan_set_nonblocking(struct chan *c)
{
	c->blocking = false;
	return fd_set_nonblock(c->rfd, 1);
}

void
chan_interrupt(struct chan *c)
{
	shutdown(c->rfd, SHUT_RD);
}

void
chan_abandon(struct chan *c)
{
	struct buf *own = &c->in.own;

	shutdown(c->rfd, SHUT_RDWR);
	buf_release(&c->out);
	c->out_off = 0;
	/* It may be read into right now: others may have as much instead. */
	budget_give(own->budget, own->cap);
	own->budget = NULL;
}

int
chan_next(struct chan *c, const uint8_t **msg, size_t *len)
{
	return record_reader_next(&c->in, msg, len);
}

int
chan_part(struct chan *c, size_t max, const uint8_t **part, size_t *len)
{
	return record_reader_part(&c->in, max, part, len);
}

int
chan_park(struct chan *c)
{
	return record_reader_park(&c->in);
}

/* As much as goes; -EAGAIN also when a signal came first. */
static ssize_t
write_some(struct chan *c, const void *data, size_t n)
{
	ssize_t put;

	if (c->blocking)
		return fd_send_now(c->wfd, data, n);
	if (!c->interruptible)
		return fd_write(c->wfd, data, n);
	put = fd_write_once(c->wfd, data, n);
	return put == -EINTR ? -EAGAIN : put;
}

/* Written bytes leave the queue, so that it stays as small as what waits. */
static void
queue_compact(struct chan *c)
{
	if (c->out_off < c->out.len / 2 || c->out_off == 0)
		return;
	c->out.len -= c->out_off;
	memmove(c->out.data, c->out.data + c->out_off, c->out.len);
	c->out_off = 0;
}

/* Writes what goes, where nothing waits before it: bytes, or -errno. */
static ssize_t
write_first(struct chan *c, const void *data, size_t n)
{
	ssize_t put = chan_queued(c) == 0 ? write_some(c, data, n) : 0;

	return put == -EAGAIN ? 0 : put;
}

static int
queue_rest(struct chan *c, const uint8_t *data, size_t n)
{
	queue_compact(c);
	return buf_append(&c->out, data, n);
}

int
chan_write(struct chan *c, const void *data, size_t n)
{
	ssize_t put = write_first(c, data, n);

	if (put < 0 || (size_t)put == n)
		return put < 0 ? (int)put : 0;
	return queue_rest(c, (const uint8_t *)data + put, n - (size_t)put);
}

/* Nothing waits: b becomes the queue, of which off bytes are written. */
static void
become_queue(struct chan *c, struct buf *b, size_t off)
{
	struct buf queue = c->out;

	c->out = *b;
	c->out_off = off;
	*b = queue;
}

int
chan_send(struct chan *c, struct buf *b)
{
	ssize_t put = write_first(c, b->data, b->len);
	size_t left = put < 0 ? 0 : b->len - (size_t)put;
	int err = put < 0 ? (int)put : 0;

	if (left > COPY_MAX && chan_queued(c) == 0)
		become_queue(c, b, (size_t)put);
	else if (left > 0)
		err = queue_rest(c, b->data + put, left);
	b->len = 0;
	return err;
}

int
chan_give(struct chan *c, struct buf *b)
{
	int err = 0;

	if (chan_queued(c) == 0)
		become_queue(c, b, 0);
	else
		err = queue_rest(c, b->data, b->len);
	if (err == 0)
		b->len = 0;
	return err;
}

int
chan_flush(struct chan *c)
{
	ssize_t put;

	if (chan_queued(c) == 0)
		return 0;
	put = write_some(c, c->out.data + c->out_off, chan_queued(c));
	if (put < 0)
		return (int)put;
	c->out_off += (size_t)put;
	if (chan_queued(c) > 0)
		return -EAGAIN;
	buf_release(&c->out);
	c->out_off = 0;
	return 0;
}
