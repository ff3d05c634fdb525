/*
 * A channel: two descriptors (one twice, for a socket), a record reader and a
 * queue of bytes to be written. What every stream mechanism is on both ends
 * once its descriptors have been obtained. Descriptors are non-blocking.
 */
#ifndef RPCALL_CHAN_H
#define RPCALL_CHAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "record.h"

struct chan {
	int rfd, wfd;		/* equal for a socket */
	bool eof;		/* the peer has finished sending */
	bool interruptible;	/* signals end reads (-EINTR) and writes */
	bool blocking;		/* a socket whose reads wait; writes do not */
	struct record_reader in;
	struct buf out;		/* accepted, not written yet */
	size_t out_off;		/* of which this many have been written */
	struct buf loans;	/* what goes out with them: chan_queue.h */
	size_t lent;		/* bytes of those */
};

/* Takes both descriptors; limits must outlive c; budget may be NULL. */
void chan_init(struct chan *c, int rfd, int wfd,
    const struct record_limits *limits, struct budget *budget);

/* Closes and frees. Bytes still queued are lost. */
void chan_release(struct chan *c);

/*
 * One read, into c's own memory or into the window, which is the caller's
 * until chan_park(): bytes read; 0 with c->eof at end of file; -EAGAIN;
 * another -errno when the channel is dead. *room gets the bytes asked for.
 * Even after -EAGAIN the window may hold a part of a record: chan_park().
 */
ssize_t chan_read(struct chan *c, uint8_t *window, size_t size, size_t *room);

/*
 * The parts of chan_read(): where to, as record_reader_space(); one read of
 * so many bytes; what came of it (0: end of file).
 */
int chan_space(struct chan *c, uint8_t *window, size_t size, uint8_t **data,
    size_t *room);
ssize_t chan_read_some(struct chan *c, uint8_t *data, size_t room);
void chan_took(struct chan *c, uint8_t *data, size_t n);

/*
 * Reads from now on wait for bytes, or not, and writes never do: 0; -ENOTSUP
 * where one cannot be had without the other; -errno.
 */
int chan_set_blocking(struct chan *c);
int chan_set_nonblocking(struct chan *c);

/*
 * To be released, but another thread waits in a read, which is about to end:
 * what memory that does not need is given back.
 */
void chan_abandon(struct chan *c);

/* As record_reader_next(), record_reader_part() and record_reader_park(). */
int chan_next(struct chan *c, const uint8_t **msg, size_t *len);
int chan_part(struct chan *c, size_t max, const uint8_t **part, size_t *len);
int chan_park(struct chan *c);

/*
 * Writes n bytes, after those that wait: 0 when all are written or queued,
 * else -errno (-ENOBUFS over the budget). At most one system call.
 */
int chan_write(struct chan *c, const void *data, size_t n);

/*
 * As chan_write() of what b holds, which is empty afterwards: where much of it
 * is left, its memory becomes the queue.
 */
int chan_send(struct chan *c, struct buf *b);

/* The parts of that: one write where nothing waits; and what there is to do
 * where it did not return b->len. */
ssize_t chan_send_first(struct chan *c, const struct buf *b);
int chan_send_rest(struct chan *c, struct buf *b, ssize_t put);

/*
 * The same, with n bytes at data before the one at b->data[at]. Those are not
 * copied: what does not go now stays lent until it has gone, or chan_keep().
 */
int chan_lend(struct chan *c, struct buf *b, size_t at, const uint8_t *data,
    size_t n);

/* Nothing is lent any more: what waits is copied. 0, -ENOMEM or -ENOBUFS. */
int chan_keep(struct chan *c);

/* The same; where what was lent last is of the record handed out last, and
 * much of it waits, the memory in which that came becomes the queue. */
int chan_keep_record(struct chan *c);

/*
 * Queues what b holds, which is empty afterwards, without a copy where
 * nothing waits before it: 0, or -errno with b as it was. Nothing is written.
 */
int chan_give(struct chan *c, struct buf *b);

/* Writes what waits, one system call: 0, -EAGAIN or -errno. */
int chan_flush(struct chan *c);

/* Bytes that wait to be written. */
static inline size_t
chan_queued(const struct chan *c)
{
	return c->out.len - c->out_off + c->lent;
}

#endif
