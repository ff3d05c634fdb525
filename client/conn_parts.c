/*
 * Large calls: see conn_parts.h. Called by invoke.c.
 */
#include "conn_parts.h"

#include <errno.h>

#include "be.h"
#include "clock.h"
#include "conn_head.h"
#include "interrupt.h"
#include "trace.h"

struct sending {
	struct conn *c;
	struct reply *reply;
	uint64_t timeout;
	size_t fragment;
	uint64_t left;		/* bytes of the record */
	size_t room;		/* of them in this fragment */
	bool answered;
};

/* Has the reply come? 1, 0 or an error: a large one is none to half a call. */
static int
look(struct sending *s)
{
	int n;

	do
		n = conn_next(s->c, s->reply);
	while (n == 1 && s->reply->xid != s->c->xid);
	s->answered = n == 1;
	return n == -EMSGSIZE ? -EBADMSG : n;
}

/* Waits until all that was written has left: 0; 1 when it is answered. */
static int
drain(struct sending *s)
{
	struct chan *chan = &s->c->chan;
	uint64_t left = chan_queued(chan), deadline = 0;
	int n = 0;

	while (n == 0 && chan_queued(chan) > 0) {
		if (deadline == 0 || chan_queued(chan) < left)
			deadline = clock_ns() + s->timeout;
		left = chan_queued(chan);
		n = conn_wait(s->c, true, deadline);
		if (n == 0)
			n = look(s);
		/* Replies to others do not make it longer. */
		if (n == 0 && chan_queued(chan) >= left &&
		    clock_ns() >= deadline)
			n = -ETIMEDOUT;
	}
	return n == 0 && interrupt_signal() != 0 ? -EINTR : n;
}

/* Writes n bytes, each fragment's mark before its first one. */
static int
put(struct sending *s, const uint8_t *data, size_t n)
{
	uint8_t mark[RECORD_MARK];
	size_t part;
	int err = 0;

	for (; n > 0 && err == 0; data += part, n -= part) {
		if (s->room == 0) {
			s->room = s->left < s->fragment ? (size_t)s->left :
			    s->fragment;
			be32_put(mark, (uint32_t)s->room |
			    (uint32_t)(s->room == s->left) << 31);
			err = chan_write(&s->c->chan, mark, sizeof(mark));
		}
		part = n < s->room ? n : s->room;
		part = part < CONN_WINDOW ? part : CONN_WINDOW;
		if (err == 0)
			err = chan_write(&s->c->chan, data, part);
		s->room -= part;
		s->left -= part;
		if (err == 0)
			err = drain(s);
	}
	return err;
}

/* The head, without the mark that it has for a message in memory. */
static int
put_call_head(struct sending *s, struct call_head *head, uint64_t args)
{
	uint8_t bytes[RECORD_MARK + ENVELOPE_CALL_MAX + CONN_HEAD_KEPT];
	size_t n = conn_put_head(s->c, head, 0, bytes) - RECORD_MARK;

	s->left = n + args;
	if (trace_is_on())
		trace_begun(s->c, true, bytes + RECORD_MARK, n, (size_t)s->left);
	return put(s, bytes + RECORD_MARK, n);
}

/* What a server has said before it closed is its answer. */
static int
last_words(struct sending *s, int err)
{
	if (err != -EPIPE && err != -ECONNRESET)
		return err;
	while (!s->answered && conn_recv(s->c, s->reply, clock_ns()) == 0)
		s->answered = s->reply->xid == s->c->xid;
	return s->answered ? 0 : -ECONNRESET;
}

static int
send_all(struct sending *s, struct call_head *head, struct message_reader *r)
{
	const uint8_t *data;
	ssize_t n = 0;
	int err = put_call_head(s, head, message_size(r->message));

	while (err == 0 && (n = message_next(r, &data)) > 0)
		err = put(s, data, (size_t)n);
	if (err == 0 && n < 0)
		return (int)n;
	return err < 0 ? last_words(s, err) : 0;
}

static int
await(struct sending *s)
{
	uint64_t deadline = clock_ns() + s->timeout;
	int err = s->answered ? 0 : conn_recv(s->c, s->reply, deadline);

	while (err == 0 && s->reply->xid != s->c->xid)
		err = clock_ns() < deadline ? conn_recv(s->c, s->reply,
		    deadline) : -ETIMEDOUT;
	return err;
}

int
conn_call_parts(struct conn *c, struct call_head *head,
    struct message_reader *r, size_t fragment, struct reply *reply,
    uint64_t timeout_ns)
{
	struct sending s = { .c = c, .reply = reply, .timeout = timeout_ns,
		.fragment = fragment };
	int err;

	if (c->link.datagram)
		return -EMSGSIZE;
	err = send_all(&s, head, r);
	if (err == 0)
		err = await(&s);
	if (trace_is_on() && err != 0 && err != -EFBIG)
		trace_failed(c, err);
	/* Half a call is no place to begin the next one. */
	c->broken |= s.left > 0 || (err != 0 && err != -EINTR &&
	    err != -ETIMEDOUT);
	return err;
}
