/*
 * Channels: the one layer that moves bytes, under every stream mechanism of
 * both ends. One read and one write per pass is the common case.
 */
#include "chan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "chan_queue.h"
#include "fd.h"

enum { COPY_MAX = 16 << 10 };	/* bytes rather copied than moved */

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
	chan_queue_forget(c);
}

int
chan_space(struct chan *c, uint8_t *window, size_t size, uint8_t **data,
    size_t *room)
{
	return record_reader_space(&c->in, window, size, data, room);
}

ssize_t
chan_read_some(struct chan *c, uint8_t *data, size_t room)
{
	return c->interruptible ? fd_read_once(c->rfd, data, room) :
	    fd_read(c->rfd, data, room);
}

void
chan_took(struct chan *c, uint8_t *data, size_t n)
{
	if (n > 0)
		record_reader_feed(&c->in, data, n);
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
	n = chan_read_some(c, data, *room);
	if (n >= 0)
		chan_took(c, data, (size_t)n);
	return n;
}

/*
 * Whether reads wait is a property of the open file, which may be what is
 * written to as well: to a socket one can write without waiting all the same,
 * and what a pipe is read from is written to by others.
 */
static bool
can_block(const struct chan *c)
{
	int flags = fcntl(c->rfd, F_GETFL);
	struct stat st;

	return c->rfd == c->wfd || ((flags & O_ACCMODE) == O_RDONLY &&
	    fstat(c->rfd, &st) == 0 && S_ISFIFO(st.st_mode));
}

int
chan_set_blocking(struct chan *c)
{
	int err = can_block(c) ? fd_set_nonblock(c->rfd, 0) : -ENOTSUP;

	c->blocking = err == 0 && c->rfd == c->wfd;
	return err;
}

int
chan_set_nonblocking(struct chan *c)
{
	c->blocking = false;
	return fd_set_nonblock(c->rfd, 1);
}

void
chan_abandon(struct chan *c)
{
	struct buf *own = &c->in.own;

	chan_queue_forget(c);
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
static inline ssize_t
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

/* Writes what goes, where nothing waits before it: bytes, or -errno. */
static ssize_t
write_first(struct chan *c, const void *data, size_t n)
{
	ssize_t put = chan_queued(c) == 0 ? write_some(c, data, n) : 0;

	return put == -EAGAIN ? 0 : put;
}

int
chan_write(struct chan *c, const void *data, size_t n)
{
	ssize_t put = write_first(c, data, n);

	if (put < 0 || (size_t)put == n)
		return put < 0 ? (int)put : 0;
	return chan_queue_copy(c, (const uint8_t *)data + put, n - (size_t)put);
}

/* Nothing waits: b becomes the queue, of which off bytes are written. */
static int
become_queue(struct chan *c, struct buf *b, size_t off)
{
	int err = buf_swap(&c->out, b);

	if (err == 0)
		c->out_off = off;
	return err;
}

/* But no more memory waits than bytes would earn. */
static bool
is_worth_moving(size_t bytes, size_t memory)
{
	return bytes > COPY_MAX && bytes >= memory / 2;
}

ssize_t
chan_send_first(struct chan *c, const struct buf *b)
{
	return write_some(c, b->data, b->len);
}

__attribute__((noinline)) int
chan_send_rest(struct chan *c, struct buf *b, ssize_t put)
{
	size_t done = put > 0 ? (size_t)put : 0, left = b->len - done;
	int err = put < 0 && put != -EAGAIN ? (int)put : 0;

	if (err)
		left = 0;
	if (left > 0 && !is_worth_moving(left, b->cap))
		err = chan_queue_copy(c, b->data + done, left);
	else if (left > 0)
		err = chan_queued(c) == 0 ? become_queue(c, b, done) :
		    chan_queue_take(c, b);
	b->len = 0;
	return err;
}

int
chan_send(struct chan *c, struct buf *b)
{
	ssize_t put = write_first(c, b->data, b->len);

	if (put < 0 || (size_t)put < b->len)
		return chan_send_rest(c, b, put);
	b->len = 0;
	return 0;
}

int
chan_give(struct chan *c, struct buf *b)
{
	int err = chan_queued(c) == 0 ? become_queue(c, b, 0) :
	    is_worth_moving(b->len, b->cap) ? chan_queue_take(c, b) :
	    chan_queue_copy(c, b->data, b->len);

	if (err == 0)
		b->len = 0;
	return err;
}

int
chan_lend(struct chan *c, struct buf *b, size_t at, const uint8_t *data,
    size_t n)
{
	struct chan_loan l = { .data = data, .len = n };
	int err;

	chan_queue_compact(c);
	l.at = c->out.len + at;
	err = buf_reserve(&c->loans, sizeof(l));
	if (err == 0)
		err = buf_append(&c->out, b->data, b->len);
	if (err)
		return err;
	buf_append(&c->loans, &l, sizeof(l));
	c->lent += n;
	b->len = 0;
	err = chan_flush(c);
	return err == -EAGAIN ? 0 : err;
}

int
chan_keep(struct chan *c)
{
	size_t n;
	struct chan_loan *l = chan_queue_loans(c, &n);
	int err = 0;

	for (; n > 0 && err == 0; l++, n--) {
		if (l->memory.data != NULL)
			continue;
		l->memory.budget = c->out.budget;
		err = buf_append(&l->memory, l->data, l->len);
		if (err == 0)
			l->data = l->memory.data;
	}
	return err;
}

int
chan_keep_record(struct chan *c)
{
	size_t n;
	struct chan_loan *l = chan_queue_loans(c, &n);
	const struct buf *own = &c->in.own;

	if (n == 0)
		return 0;
	l += n - 1;
	if (l->memory.data == NULL && record_reader_has(&c->in, l->data) &&
	    is_worth_moving(l->len, own->cap) &&
	    record_reader_give(&c->in, &l->memory) == 0)
		return 0;
	return chan_keep(c);
}

/* All that waits, as far as it goes; -EAGAIN also when a signal came first. */
static ssize_t
write_queue(struct chan *c)
{
	struct iovec runs[CHAN_RUNS_MAX];
	ssize_t put;

	if (c->lent == 0)
		return write_some(c, c->out.data + c->out_off, chan_queued(c));
	put = fd_gather_once(c->wfd, runs, chan_queue_gather(c, runs),
	    c->blocking);
	return put == -EINTR ? -EAGAIN : put;
}

int
chan_flush(struct chan *c)
{
	ssize_t put;

	if (chan_queued(c) == 0)
		return 0;
	put = write_queue(c);
	if (put < 0)
		return (int)put;
	chan_queue_wrote(c, (size_t)put);
	if (chan_queued(c) > 0)
		return -EAGAIN;
	chan_queue_forget(c);
	return 0;
}
