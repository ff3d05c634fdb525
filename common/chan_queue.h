/*
 * What waits in a channel to be written: the bytes of its own buffer, and
 * between them those that stand elsewhere. Called by chan.c; how
 * much memory it holds is asked by whoever runs short of it.
 */
#ifndef RPCALL_CHAN_QUEUE_H
#define RPCALL_CHAN_QUEUE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "chan.h"

enum { CHAN_RUNS_MAX = 16 };	/* written at once */

/* Bytes that wait elsewhere: where their owner has them, or in memory. */
struct chan_loan {
	const uint8_t *data;
	size_t len;
	size_t at;		/* in out: they go before what is there */
	struct buf memory;	/* goes with them */
};

/* Nothing waits any more, and no memory is held for it. */
void chan_queue_forget(struct chan *c);

/* Bytes of memory that are held for what waits. */
size_t chan_queue_memory(const struct chan *c);

/* Written bytes leave the buffer, so that it stays as small as what waits. */
void chan_queue_compact(struct chan *c);

/* A copy of n bytes waits, too: 0, or as buf_append(). */
int chan_queue_copy(struct chan *c, const uint8_t *data, size_t n);

/* The memory of b, and all that it holds, waits, too; b is empty then: 0,
 * -ENOMEM or -ENOBUFS. */
int chan_queue_take(struct chan *c, struct buf *b);

/* Those that stand elsewhere, *n of them, in their order. */
struct chan_loan *chan_queue_loans(const struct chan *c, size_t *n);

/* What waits, in the order in which it leaves; not more runs than fit. */
int chan_queue_gather(const struct chan *c, struct iovec *runs);

/* The first n bytes of what waits have gone. */
void chan_queue_wrote(struct chan *c, size_t n);

#endif
