/*
 * Bytes to records: RFC 5531 section 11, record marking, without any I/O.
 *
 *   record = fragment, ..., last fragment
 *   fragment = 4 bytes: bit 31 "last", 31 bits of length; then that many bytes
 *
 * The owner reads into a window of memory that many readers share, and calls
 * record_reader_feed(); complete records are handed out in place, without a
 * copy. What is left over is kept with record_reader_park() in memory of the
 * reader's own, which grows with the bytes that came, not with what a length
 * claims; the next bytes are read there. So a peer that is idle between
 * records holds no memory.
 */
#ifndef RPCALL_RECORD_H
#define RPCALL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "record_mark.h"

struct record_limits {
	size_t record;		/* bytes, reassembled */
	unsigned fragments;	/* in one record */
	unsigned empty;		/* empty fragments in one record */
};

struct record_reader {
	const struct record_limits *limits;
	struct buf own;		/* parked bytes */
	uint8_t *base;		/* the window: own.data or the shared one */
	size_t rec, got;	/* record being assembled: [rec, got) */
	size_t pos, end;	/* bytes not looked at yet: [pos, end) */
	size_t left;		/* bytes missing in the current fragment */
	size_t handed;		/* bytes of it that are out, in parts */
	unsigned fragments, empty;
	uint32_t whole_max;	/* bytes of a record that next_whole() takes */
	bool inside;		/* between a record's first mark and its end */
	bool last;		/* the current fragment is the last */
};

/* Keeps limits (not copied); budget may be NULL. */
void record_reader_init(struct record_reader *r,
    const struct record_limits *limits, struct budget *budget);
void record_reader_release(struct record_reader *r);

/* Other limits from now on, or the same ones, which have changed. */
void record_reader_limit(struct record_reader *r,
    const struct record_limits *limits);

/*
 * Where to read next: the reader's own memory when much of a record is
 * there, else the shared window, behind the few bytes that were parked. Sets
 * *data and *room (bytes): 0, or -ENOMEM or -ENOBUFS when there is no memory
 * for the record. shared_size is at least 8 KiB.
 */
int record_reader_space(struct record_reader *r, uint8_t *shared,
    size_t shared_size, uint8_t **data, size_t *room);

/* n bytes have been put at data, where record_reader_space() said. */
void record_reader_feed(struct record_reader *r, uint8_t *data, size_t n);

/*
 * Next complete record: 1 with *msg and *len, valid until the next call of
 * feed, park or release; 0 when more bytes are needed; -EMSGSIZE when the
 * record is over its limit, -EBADMSG when its fragments are too many.
 */
int record_reader_next(struct record_reader *r, const uint8_t **msg,
    size_t *len);

/*
 * What there is of the record that is under way, which is then held no more:
 * 1 with *part and *len, valid as in next(), *len 0 at the end of the record;
 * 0 when more bytes are needed; -EMSGSIZE when they are to be over max in all,
 * -EBADMSG. For records that next() has found too large: it takes any number
 * of fragments, since none of them is kept.
 */
int record_reader_part(struct record_reader *r, size_t max,
    const uint8_t **part, size_t *len);

/* Keeps what is left of the shared window: 0, -ENOMEM, -ENOBUFS. */
int record_reader_park(struct record_reader *r);

/* Is p in the reader's own memory? */
static inline bool
record_reader_has(const struct record_reader *r, const uint8_t *p)
{
	return (uintptr_t)p >= (uintptr_t)r->own.data &&
	    (uintptr_t)p < (uintptr_t)r->own.data + r->own.cap;
}

/* Gives that memory to to, with the record that was handed out last, where
 * not much came after it: 0, -EBUSY, -ENOMEM or -ENOBUFS. */
int record_reader_give(struct record_reader *r, struct buf *to);

/* Bytes of an unfinished record that are there; 0 between records. */
static inline size_t
record_reader_pending(const struct record_reader *r)
{
	return r->inside ? 4 + r->got - r->rec + (r->end - r->pos) :
	    r->end - r->pos;
}

/*
 * What there is of an unfinished record: bytes at *msg, and how many of its
 * fragment are missing; or bytes, a mark first, that make no record.
 */
size_t record_reader_partial(const struct record_reader *r,
    const uint8_t **msg, size_t *missing);

/* Between records, with nothing kept and nothing left to look at. */
static inline bool
record_reader_is_empty(const struct record_reader *r)
{
	return r->pos == r->end && !r->inside && r->own.data == NULL;
}

#endif
