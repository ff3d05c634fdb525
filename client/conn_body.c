/*
 * Large replies: see conn_body.h. Called by conn.c, which finds that a reply
 * is one, and by flow_conn.c, which reads it.
 */
#include "conn_body.h"

#include <errno.h>
#include <string.h>

#include "be.h"
#include "clock.h"
#include "trace.h"

enum {
	FRAGMENTS_MAX = 1024,	/* of each CONN_RECORD_MAX bytes */
	EMPTY_MAX = 16,
	MOST_TIMES = 1 << 20,	/* that many times CONN_RECORD_MAX */
	LATE_MAX = 1024,	/* calls since one whose reply comes now */
};

void
conn_set_largest(struct conn *c, size_t bytes)
{
	size_t times = 1 + bytes / CONN_RECORD_MAX;

	c->limits = (struct record_limits){ bytes, FRAGMENTS_MAX *
		(unsigned)(times < MOST_TIMES ? times : MOST_TIMES),
		EMPTY_MAX };
	record_reader_limit(&c->chan.in, &c->limits);
}

/* Bytes at b->part, or the end: 0; or an error, also over max. */
static int
more(struct conn *c, uint64_t max, uint64_t deadline_ns)
{
	struct conn_body *b = c->body;
	const struct record_reader *in = &c->chan.in;
	int n = 1;

	while (b->n == 0 && !b->end) {
		n = chan_part(&c->chan, max < SIZE_MAX ? (size_t)max :
		    SIZE_MAX, &b->part, &b->n);
		if (n == 0)
			n = conn_wait(c, false, deadline_ns);
		else if (n > 0)
			b->end = b->n == 0;
		if (n < 0)
			return n;
	}
	b->whole = in->handed + (b->end ? 0 : in->left);
	b->limited = !b->end && !in->last;
	return 0;
}

static size_t
hand_out(struct conn_body *b, uint8_t *to, size_t room)
{
	size_t n = b->n < room ? b->n : room;

	if (n == 0)
		return 0;
	memcpy(to, b->part, n);
	b->part += n;
	b->n -= n;
	return n;
}

static size_t
hand_out_head(struct conn_body *b, uint8_t *to, size_t room)
{
	size_t left = b->end_of_head - b->at, n = left < room ? left : room;

	memcpy(to, b->head + b->at, n);
	b->at += n;
	return n;
}

/* Can it be a reply to one of the last calls? Else why wait for more of it. */
static bool
may_be_reply(const struct conn *c)
{
	const struct conn_body *b = c->body;

	return b->end_of_head < RECORD_MARK + 4 ||
	    c->xid - be32_get(b->head + RECORD_MARK) < LATE_MAX;
}

/* The head, and what is behind it up to so many bytes: 0 or an error. */
static int
take_head(struct conn *c, uint64_t deadline_ns)
{
	struct conn_body *b = c->body;
	size_t room = sizeof(b->head) - RECORD_MARK;
	int err = 0;

	b->at = b->end_of_head = RECORD_MARK;
	/* Whose reply it is counts before how large it is. */
	while (room > 0 && !b->end && err == 0 && may_be_reply(c)) {
		err = more(c, UINT64_MAX, deadline_ns);
		b->end_of_head += hand_out(b, b->head + b->end_of_head, room);
		room = sizeof(b->head) - b->end_of_head;
	}
	be32_put(b->head, (uint32_t)b->whole | (uint32_t)!b->limited << 31);
	b->stray = err == -ECONNRESET || !may_be_reply(c);
	return b->stray ? -EBADMSG : err;
}

size_t
conn_body_stray(const struct conn *c, const uint8_t **data)
{
	const struct conn_body *b = c->body;

	if (b == NULL || !b->stray)
		return 0;
	*data = b->head;
	return b->end_of_head;
}

/* Reads the rest, which nobody waits for. */
static int
skip(struct conn *c, uint64_t deadline_ns)
{
	struct conn_body *b = c->body;
	int err = b->over ? -EBADMSG : 0;

	while (err == 0 && !b->end) {
		b->n = 0;
		err = more(c, b->max, deadline_ns);
		if (err == 0 && !b->end && clock_ns() >= deadline_ns)
			err = -ETIMEDOUT;
	}
	c->broken = err != 0;
	return err == -EMSGSIZE ? -EBADMSG : err;
}

int
conn_body_begin(struct conn *c, struct reply *r, uint64_t deadline_ns)
{
	struct conn_body *b = c->body;
	struct reply_head h;
	size_t n;
	int err;

	*b = (struct conn_body){ .max = b->max };
	c->broken = true;
	err = take_head(c, deadline_ns);
	n = b->end_of_head - RECORD_MARK;
	if (err == 0) {
		err = c->envelope->parse_reply(b->head + RECORD_MARK, n, &h);
		b->stray = err != 0;
	}
	if (err)
		return err;
	if (trace_is_on())
		trace_begun(c, false, b->head + RECORD_MARK, n, (size_t)b->whole);
	b->over = b->whole > b->max;
	b->at = RECORD_MARK + h.size;
	*r = (struct reply){ .xid = h.xid, .status = h.status,
		.body = b->head + b->at, .len = n - h.size };
	return r->xid == c->xid ? -EFBIG : skip(c, deadline_ns);
}

ssize_t
conn_body_read(struct conn *c, uint8_t *to, size_t room, uint64_t deadline_ns)
{
	struct conn_body *b = c->body;
	size_t n = hand_out_head(b, to, room);
	int err = 0;

	if (n == 0)
		err = more(c, b->max, deadline_ns);
	if (err)
		return err;
	if (n == 0)
		n = hand_out(b, to, room);
	c->broken = b->at < b->end_of_head || b->n > 0 || !b->end;
	return (ssize_t)n;
}

uint64_t
conn_body_left(const struct conn *c)
{
	const struct conn_body *b = c->body;
	uint64_t taken = c->chan.in.handed - b->n - (b->end_of_head - b->at);

	if (b->limited)
		return b->max > taken ? b->max - taken : 0;
	return b->whole - taken;
}
