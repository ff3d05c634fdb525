/*
 * The record reader: see record.h. Called by chan.c for every stream, on both
 * ends, and by the fuzzer and the unit tests without any descriptor.
 */
#include "record.h"

#include <errno.h>
#include <string.h>

enum {
	/* Own memory is at most this many times what was received. */
	GROWTH = 4,
	SPACE_MIN = 1024,
	/* Up to this much goes back into the window: one large read instead
	 * of many small ones. */
	PARKED_SMALL = 4096,
	/* Nor is more than this read beyond a fragment that is longer. */
	FRAGMENT_LARGE = 64 << 10,
};

void
record_reader_init(struct record_reader *r, const struct record_limits *limits,
    struct budget *budget)
{
	memset(r, 0, sizeof(*r));
	r->own.budget = budget;
	record_reader_limit(r, limits);
}

void
record_reader_limit(struct record_reader *r, const struct record_limits *limits)
{
	size_t most = limits->fragments > 0 ? limits->record : 0;

	r->limits = limits;
	r->whole_max = most < RECORD_LAST ? (uint32_t)most :
	    RECORD_LAST - 1;
}

void
record_reader_release(struct record_reader *r)
{
	buf_release(&r->own);
	r->base = NULL;
	r->rec = r->got = r->pos = r->end = 0;
}

/* Bytes that belong to the unfinished record or have not been looked at. */
static size_t
held(const struct record_reader *r)
{
	return (r->inside ? r->got - r->rec : 0) + (r->end - r->pos);
}

size_t
record_reader_partial(const struct record_reader *r, const uint8_t **msg,
    size_t *missing)
{
	size_t n = r->inside ? r->got - r->rec : 0;

	*missing = r->inside ? r->left : 0;
	if (n == 0 && *missing == 0) {
		n = r->end - r->pos;
		*msg = n > 0 ? r->base + r->pos : NULL;
		return n;
	}
	*msg = r->base + r->rec;
	return n;
}

/* Own memory that what is expected needs, bounded by what has been received. */
static size_t
own_room(const struct record_reader *r)
{
	size_t expected = r->left + RECORD_MARK + SPACE_MIN;
	size_t earned = held(r) * (GROWTH - 1) + SPACE_MIN;

	return expected < earned ? expected : earned;
}

/* Moves what must be kept to the front of to: the record, then the rest. */
static void
keep(struct record_reader *r, uint8_t *to)
{
	size_t part = r->inside ? r->got - r->rec : 0;
	size_t rest = r->end - r->pos;

	if (part > 0)
		memmove(to, r->base + r->rec, part);
	if (rest > 0)
		memmove(to + part, r->base + r->pos, rest);
	r->base = to;
	r->rec = 0;
	r->got = r->pos = part;
	r->end = part + rest;
}

/* A large record that does not fit in behind others: the sooner it is moved
 * to the front, the less there is to be moved. */
static bool
is_far_back(const struct record_reader *r)
{
	return r->inside && r->left > FRAGMENT_LARGE && r->rec > 0 &&
	    r->own.cap - r->end < r->left + RECORD_MARK;
}

/* Room in own memory: first what is used up, then more. */
static int
own_space(struct record_reader *r)
{
	size_t room;

	if (r->own.cap - r->end < SPACE_MIN || is_far_back(r))
		keep(r, r->own.data);
	if (r->own.cap - r->end >= SPACE_MIN)
		return 0;
	r->own.len = r->end;
	room = own_room(r);
	return r->last && room >= r->left ? buf_reserve_last(&r->own, room) :
	    buf_reserve(&r->own, room);
}

/* A large record that begins where a large one was: all of it fits there. */
static bool
fits_own(const struct record_reader *r)
{
	return r->inside && r->left > FRAGMENT_LARGE &&
	    r->own.cap - held(r) >= r->left;
}

/*
 * Room behind what is there; of what follows a large fragment only so much
 * that the next one's mark is seen, since it would have to be moved.
 */
static size_t
room_behind(const struct record_reader *r)
{
	size_t room = r->own.cap - r->end;
	size_t needed = r->left + RECORD_MARK + SPACE_MIN;

	return r->inside && r->left > FRAGMENT_LARGE && needed < room ?
	    needed : room;
}

int
record_reader_space(struct record_reader *r, uint8_t *shared,
    size_t shared_size, uint8_t **data, size_t *room)
{
	int err;

	if (record_reader_is_empty(r)) {
		*data = shared;
		*room = shared_size;
		return 0;
	}
	if (r->own.data == NULL ||
	    (held(r) <= PARKED_SMALL && !fits_own(r))) {
		keep(r, shared);
		if (r->own.data != NULL)
			buf_release(&r->own);
		*data = shared + r->end;
		*room = shared_size - r->end;
		return 0;
	}
	err = own_space(r);
	if (err)
		return err;
	r->base = r->own.data;
	*data = r->base + r->end;
	*room = room_behind(r);
	return 0;
}

void
record_reader_feed(struct record_reader *r, uint8_t *data, size_t n)
{
	if (record_reader_is_empty(r)) {
		r->base = data;
		r->rec = r->got = r->pos = r->end = 0;
	}
	r->end += n;
}

/* A fragment of at most max bytes; whole: it is kept until its record ends. */
static int
begin_fragment(struct record_reader *r, uint32_t mark, size_t max, bool whole)
{
	size_t len = mark & ~RECORD_LAST;

	if (!r->inside) {
		r->inside = true;
		r->last = false;
		r->rec = r->got = r->pos;
		r->left = r->handed = 0;
		r->fragments = r->empty = 0;
	}
	if (++r->fragments > r->limits->fragments && whole)
		return -EBADMSG;
	if (len == 0 && ++r->empty > r->limits->empty)
		return -EBADMSG;
	if (len > max)
		return -EMSGSIZE;
	r->left = len;
	r->last = mark & RECORD_LAST;
	return 0;
}

/* Takes the next mark: 1, 0 where it is not there yet, or as above. */
static int
next_fragment(struct record_reader *r, size_t max, bool whole)
{
	int err;

	if (r->end - r->pos < RECORD_MARK)
		return 0;
	r->pos += RECORD_MARK;
	err = begin_fragment(r, be32_get(r->base + r->pos - RECORD_MARK), max,
	    whole);
	if (err)
		/* The mark is shown with what is after it. */
		r->pos -= RECORD_MARK;
	return err ? err : 1;
}

/* Joins what has come of the current fragment to the record. */
static void
take_fragment(struct record_reader *r)
{
	size_t n = r->end - r->pos;

	if (n > r->left)
		n = r->left;
	if (r->got != r->pos)
		memmove(r->base + r->got, r->base + r->pos, n);
	r->got += n;
	r->pos += n;
	r->left -= n;
}

/* The common case: a record of one fragment, all of it there. */
static inline bool
next_whole(struct record_reader *r, const uint8_t **msg, size_t *len)
{
	size_t there = r->end - r->pos;
	uint32_t n;

	if (there < RECORD_MARK || r->inside)
		return false;
	/* Without the bit that is to be set: over any limit where it is not. */
	n = be32_get(r->base + r->pos) ^ RECORD_LAST;
	if (n - 1 >= r->whole_max || n > there - RECORD_MARK)
		return false;
	*msg = r->base + r->pos + RECORD_MARK;
	*len = n;
	r->pos += RECORD_MARK + n;
	return true;
}

/* Bytes that may still be added to the record, whose limit may be lower than
 * it was when the record began. */
static size_t
room_left(const struct record_reader *r)
{
	size_t there = r->inside ? r->got - r->rec : 0;

	return r->limits->record > there ? r->limits->record - there : 0;
}

/* Any other case. */
static __attribute__((noinline)) int
next_joined(struct record_reader *r, const uint8_t **msg, size_t *len)
{
	int there;

	for (;;) {
		if (r->inside) {
			take_fragment(r);
			if (r->left > 0)
				return 0;
			if (r->last)
				break;
		}
		there = next_fragment(r, room_left(r), true);
		if (there <= 0)
			return there;
	}
	r->inside = false;
	*msg = r->base + r->rec;
	*len = r->got - r->rec;
	return 1;
}

int
record_reader_next(struct record_reader *r, const uint8_t **msg, size_t *len)
{
	if (next_whole(r, msg, len))
		return 1;
	return r->pos == r->end && !r->inside ? 0 : next_joined(r, msg, len);
}

int
record_reader_part(struct record_reader *r, size_t max, const uint8_t **part,
    size_t *len)
{
	int there = 1;

	while (there > 0 && r->inside) {
		if (r->got == r->rec)
			r->rec = r->got = r->pos;
		take_fragment(r);
		*part = r->base + r->rec;
		*len = r->got - r->rec;
		r->handed += *len;
		r->rec = r->got;
		r->inside = *len > 0 || r->left > 0 || !r->last;
		if (*len > 0 || !r->inside)
			return 1;
		there = r->left > 0 ? 0 : next_fragment(r, max > r->handed ?
		    max - r->handed : 0, false);
	}
	return there <= 0 ? there : -EBADMSG;
}

int
record_reader_park(struct record_reader *r)
{
	int err;

	if (record_reader_is_empty(r))
		return 0;
	if (held(r) == 0 && !r->inside) {
		buf_release(&r->own);
		r->rec = r->got = r->pos = r->end = 0;
		return 0;
	}
	if (r->own.data != NULL)
		return 0;
	err = buf_reserve(&r->own, held(r) + own_room(r));
	if (err == 0)
		keep(r, r->own.data);
	return err;
}

int
record_reader_give(struct record_reader *r, struct buf *to)
{
	struct buf rest = { .budget = r->own.budget };
	size_t n = r->end - r->pos;
	int err;

	if (r->inside || r->base != r->own.data || n > PARKED_SMALL)
		return -EBUSY;
	err = n > 0 ? buf_append(&rest, r->base + r->pos, n) : 0;
	if (err)
		return err;
	*to = r->own;
	r->own = rest;
	r->base = rest.data;
	r->rec = r->got = r->pos = 0;
	r->end = n;
	return 0;
}
