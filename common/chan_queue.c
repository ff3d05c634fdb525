/*
 * The queue of a channel: see chan_queue.h.
 */
#include "chan_queue.h"

#include <string.h>

#include "chan.h"

static struct chan_loan *
loans(const struct chan *c)
{
	return (struct chan_loan *)(void *)c->loans.data;
}

static size_t
nloans(const struct chan *c)
{
	return c->loans.len / sizeof(struct chan_loan);
}

struct chan_loan *
chan_queue_loans(const struct chan *c, size_t *n)
{
	*n = nloans(c);
	return loans(c);
}

size_t
chan_queue_memory(const struct chan *c)
{
	size_t n = c->out.cap;

	for (size_t i = 0; i < nloans(c); i++)
		n += loans(c)[i].memory.cap;
	return n;
}

void
chan_queue_forget(struct chan *c)
{
	for (size_t i = 0; i < nloans(c); i++)
		buf_release(&loans(c)[i].memory);
	buf_release(&c->out);
	buf_release(&c->loans);
	c->out_off = c->lent = 0;
}

void
chan_queue_compact(struct chan *c)
{
	struct chan_loan *l = loans(c);

	if (c->out_off < c->out.len / 2 || c->out_off == 0)
		return;
	c->out.len -= c->out_off;
	for (size_t i = 0; i < nloans(c); i++)
		l[i].at -= c->out_off;
	if (c->out.len > 0)
		memmove(c->out.data, c->out.data + c->out_off, c->out.len);
	else
		buf_release(&c->out);
	c->out_off = 0;
}

int
chan_queue_copy(struct chan *c, const uint8_t *data, size_t n)
{
	chan_queue_compact(c);
	return buf_append(&c->out, data, n);
}

int
chan_queue_take(struct chan *c, struct buf *b)
{
	struct chan_loan l = { .data = b->data, .len = b->len,
		.memory.budget = c->out.budget };
	int err = buf_reserve(&c->loans, sizeof(l));

	if (err == 0)
		err = buf_swap(&l.memory, b);
	if (err)
		return err;
	chan_queue_compact(c);
	l.at = c->out.len;
	buf_append(&c->loans, &l, sizeof(l));
	c->lent += l.len;
	return 0;
}

int
chan_queue_gather(const struct chan *c, struct iovec *runs)
{
	const struct chan_loan *l = loans(c);
	size_t n = nloans(c), at = c->out_off, i;
	int used = 0;

	for (i = 0; i < n && used < CHAN_RUNS_MAX - 1; at = l[i++].at) {
		if (l[i].at > at)
			runs[used++] = (struct iovec){ c->out.data + at,
				l[i].at - at };
		runs[used++] = (struct iovec){ (void *)(uintptr_t)l[i].data,
			l[i].len };
	}
	if (i == n && at < c->out.len && used < CHAN_RUNS_MAX)
		runs[used++] = (struct iovec){ c->out.data + at,
			c->out.len - at };
	return used;
}

void
chan_queue_wrote(struct chan *c, size_t n)
{
	while (nloans(c) > 0) {
		struct chan_loan *l = loans(c);
		size_t before = l->at - c->out_off, part;

		if (n <= before)
			break;
		n -= before;
		part = n < l->len ? n : l->len;
		c->out_off = l->at;
		c->lent -= part;
		l->data += part;
		l->len -= part;
		if (l->len > 0)
			return;
		n -= part;
		buf_release(&l->memory);
		c->loans.len -= sizeof(*l);
		memmove(l, l + 1, c->loans.len);
	}
	c->out_off += n;
}
