/*
 * Growing byte buffers, counted against a shared budget. Used for everything
 * that waits: replies of a pass, a peer's unsent bytes, half-read records.
 */
#include "buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_MIN = 4096 };

int
budget_take(struct budget *b, size_t n)
{
	if (b == NULL)
		return 0;
	if (atomic_fetch_add(&b->used, n) + n <= b->limit)
		return 0;
	atomic_fetch_sub(&b->used, n);
	return -ENOBUFS;
}

void
budget_give(struct budget *b, size_t n)
{
	if (b != NULL)
		atomic_fetch_sub(&b->used, n);
}

static int
resize(struct buf *b, size_t cap)
{
	int err = budget_take(b->budget, cap - b->cap);
	uint8_t *data;

	if (err)
		return err;
	data = realloc(b->data, cap);
	if (data == NULL) {
		budget_give(b->budget, cap - b->cap);
		return -ENOMEM;
	}
	b->data = data;
	b->cap = cap;
	return 0;
}

int
buf_grow(struct buf *b, size_t n)
{
	size_t cap = b->cap < BUF_MIN / 2 ? BUF_MIN : b->cap * 2;

	if (n > SIZE_MAX / 4 - b->len)
		return -ENOMEM;
	return resize(b, cap < b->len + n ? b->len + n : cap);
}

int
buf_reserve_last(struct buf *b, size_t n)
{
	if (n <= b->cap - b->len)
		return 0;
	return n > SIZE_MAX / 4 - b->len ? -ENOMEM : resize(b, b->len + n);
}

int
buf_append(struct buf *b, const void *data, size_t n)
{
	int err = buf_reserve(b, n);

	if (err)
		return err;
	if (n > 0)
		memcpy(b->data + b->len, data, n);
	b->len += n;
	return 0;
}

/* Each budget takes over what the other one had: 0 or -ENOBUFS. */
static int
swap_charges(const struct buf *a, const struct buf *b)
{
	if (budget_take(a->budget, b->cap) != 0)
		return -ENOBUFS;
	if (budget_take(b->budget, a->cap) != 0) {
		budget_give(a->budget, b->cap);
		return -ENOBUFS;
	}
	budget_give(a->budget, a->cap);
	budget_give(b->budget, b->cap);
	return 0;
}

int
buf_swap(struct buf *a, struct buf *b)
{
	struct buf was = *a;

	if (a->budget != b->budget && swap_charges(a, b) != 0)
		return -ENOBUFS;
	*a = *b;
	a->budget = was.budget;
	was.budget = b->budget;
	*b = was;
	return 0;
}

void
buf_release(struct buf *b)
{
	free(b->data);
	budget_give(b->budget, b->cap);
	b->data = NULL;
	b->len = b->cap = 0;
}
