/*
 * A growing run of bytes: replies being built, bytes waiting to be written.
 *
 * A buffer may count against a budget that many share, so that all peers
 * together cannot take more memory than the operator allowed. Zeroed memory
 * is an empty buffer without a budget.
 */
#ifndef RPCALL_BUF_H
#define RPCALL_BUF_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Memory that many buffers share; used by threads at once. */
struct budget {
	atomic_size_t used;	/* bytes */
	size_t limit;		/* bytes */
};

struct buf {
	uint8_t *data;
	size_t len;		/* bytes that hold something */
	size_t cap;		/* bytes allocated */
	struct budget *budget;	/* or NULL */
};

/* Takes n bytes of b's limit: 0, or -ENOBUFS when they are not left. */
int budget_take(struct budget *b, size_t n);
void budget_give(struct budget *b, size_t n);

/* As buf_reserve(), which has found that there is no room. */
int buf_grow(struct buf *b, size_t n);

/*
 * Room for n more bytes after len: 0, -ENOMEM, or -ENOBUFS when the budget is
 * used up; then b is as it was.
 */
static inline int
buf_reserve(struct buf *b, size_t n)
{
	return n <= b->cap - b->len ? 0 : buf_grow(b, n);
}

/* The same, with not a byte more: for what does not grow any further. */
int buf_reserve_last(struct buf *b, size_t n);

/* Appends; as buf_reserve(). */
int buf_append(struct buf *b, const void *data, size_t n);

/* a and b change places, but for their budgets: 0, or -ENOBUFS as before. */
int buf_swap(struct buf *a, struct buf *b);

/* Frees the memory and gives it back to the budget; b is empty, usable. */
void buf_release(struct buf *b);

#endif
