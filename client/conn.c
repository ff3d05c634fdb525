/*
 * The client engine: see conn.h.
 */
#include "conn.h"

#include <errno.h>
#include <poll.h>
#include <rpc/rpc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "be.h"
#include "clock.h"
#include "conn_body.h"
#include "conn_datagram.h"
#include "conn_head.h"
#include "conn_large.h"
#include "fd.h"
#include "interrupt.h"
#include "kernel.h"
#include "trace.h"

enum { GIDS_MAX = 16 };

int
conn_init(struct conn *c, const struct link *l)
{
	static unsigned ids;

	memset(c, 0, sizeof(*c));
	c->link = *l;
	c->id = ++ids;
	c->envelope = mech_info[l->mech].envelope;
	conn_set_largest(c, CONN_RECORD_MAX);
	c->xid = (uint32_t)clock_ns() ^ (uint32_t)getpid() << 16;
	chan_init(&c->chan, l->rfd, l->wfd, &c->limits, NULL);
	if (l->datagram)
		conn_datagram_init(c);
	c->window = malloc(CONN_WINDOW);
	if (c->window == NULL) {
		conn_release(c);
		return -ENOMEM;
	}
	return 0;
}

void
conn_release(struct conn *c)
{
	chan_release(&c->chan);
	c->link.rfd = c->link.wfd = -1;
	link_close(&c->link);
	buf_release(&c->out);
	if (!c->shared)
		free(c->window);
	c->window = NULL;
}

void
conn_auth_sys(struct conn *c)
{
	gid_t gids[NGROUPS_MAX];
	char name[256] = "";
	int n = getgroups(NGROUPS_MAX, gids);
	size_t len;
	uint8_t *p;

	gethostname(name, sizeof(name) - 1);
	len = strlen(name);
	n = n < 0 ? 0 : n > GIDS_MAX ? GIDS_MAX : n;
	be32_put(c->cred, 0);
	be32_put(c->cred + 4, (uint32_t)len);
	memcpy(c->cred + 8, name, len);
	p = c->cred + 8 + xdr_padded(len);
	be32_put(p, geteuid());
	be32_put(p + 4, getegid());
	be32_put(p + 8, (uint32_t)n);
	for (int i = 0; i < n; i++)
		be32_put(p + 12 + 4 * i, gids[i]);
	c->flavor = AUTH_SYS;
	c->cred_len = (uint32_t)(p + 12 + 4 * n - c->cred);
}

void
conn_set_blocking(struct conn *c)
{
	c->blocking = true;
	c->chan.interruptible = true;
	fd_set_nonblock(c->link.rfd, 0);
	fd_set_nonblock(c->link.wfd, 0);
}

void
conn_set_polling(struct conn *c)
{
	polling_init(&c->polling, polling_auto_ns());
}

int
conn_queue_room(struct conn *c, struct call_head *head, size_t n,
    uint8_t **args)
{
	size_t start = c->out.len, len;
	int err = buf_reserve(&c->out, RECORD_MARK + ENVELOPE_CALL_MAX + n);
	uint8_t *out = c->out.data + start;

	if (err)
		return err;
	len = conn_put_head(c, head, n, out);
	if (c->link.datagram && len + n > CONN_DATAGRAM_MAX)
		return -EMSGSIZE;
	c->out.len = start + len + n;
	*args = out + len;
	return 0;
}

int
conn_queue(struct conn *c, struct call_head *head, const void *args,
    size_t n)
{
	size_t start = c->out.len;
	uint8_t *to;
	int err = conn_queue_room(c, head, n, &to);

	if (err)
		return err;
	if (n > 0)
		memcpy(to, args, n);
	return c->link.datagram ? conn_datagram_join(c, start) : 0;
}

/* Is it time to stop: -EINTR, -ETIMEDOUT, or 0. */
static int
expired(uint64_t deadline_ns)
{
	if (interrupt_signal() != 0)
		return -EINTR;
	return clock_ns() >= deadline_ns ? -ETIMEDOUT : 0;
}

int
conn_send(struct conn *c)
{
	int err = 0;

	if (c->out.len > 0) {
		if (trace_is_on())
			trace_sent(c);
		if (c->link.datagram)
			return conn_datagram_send(c);
		err = chan_send(&c->chan, &c->out);
	}
	while (err == 0 && c->blocking && chan_queued(&c->chan) > 0) {
		err = chan_flush(&c->chan);
		if (err == -EAGAIN)
			err = expired(c->deadline);
	}
	return err;
}

static int
take(struct conn *c, const uint8_t *msg, size_t len, struct reply *r)
{
	struct reply_head h;
	int err = c->envelope->parse_reply(msg, len, &h);

	if (trace_is_on())
		trace_received(c, msg, len, err ? "it is no reply" :
		    NULL);
	if (err)
		return err;
	r->xid = h.xid;
	/* Of a success no more is set: as a whole it would be read before it
	 * was written, as the processor has it. */
	r->status.kind = h.status.kind;
	if (h.status.kind != REPLY_SUCCESS)
		r->status = h.status;
	r->body = msg + h.size;
	r->len = len - h.size;
	return 1;
}

int
conn_next(struct conn *c, struct reply *r)
{
	const uint8_t *msg;
	size_t len;
	int n;

	do
		n = c->link.datagram ? conn_datagram_next(c, &msg, &len) :
		    chan_next(&c->chan, &msg, &len);
	/* A datagram that is no reply is somebody else's noise. */
	while (n == 1 && (n = take(c, msg, len, r)) < 0 && c->link.datagram);
	return n;
}

/*
 * Waits until there is something to read; writes what waits meanwhile, and
 * with until_sent waits no longer than for that: 0, or 1 when it was sent.
 */
static int
wait_readable(struct conn *c, bool until_sent, uint64_t deadline_ns)
{
	for (;;) {
		bool more = chan_queued(&c->chan) > 0;
		uint64_t now = clock_ns();
		struct pollfd pfds[2] = {
			{ .fd = c->link.rfd, .events = POLLIN },
			{ .fd = more ? c->link.wfd : -1, .events = POLLOUT },
		};
		int ms = deadline_ns <= now ? 0 :
		    (int)((deadline_ns - now) / NS_PER_MS) + 1;
		int n = poll(pfds, more ? 2 : 1, ms);
		int err;

		kernel_called(0);
		if (interrupt_signal() != 0)
			return -EINTR;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0 && clock_ns() >= deadline_ns)
			return -ETIMEDOUT;
		err = n > 0 && pfds[1].revents ? chan_flush(&c->chan) : 0;
		/* What a server said before it closed is read first. */
		if (err && err != -EAGAIN && !(n > 0 &&
		    pfds[0].revents & POLLIN))
			return err;
		if (n > 0 && pfds[0].revents)
			return 0;
		if (until_sent && chan_queued(&c->chan) == 0)
			return 1;
	}
}

static ssize_t
read_some(struct conn *c)
{
	size_t room;
	ssize_t n;

	if (c->link.datagram)
		return conn_datagram_read(c);
	if (chan_park(&c->chan) != 0)
		return -ENOMEM;
	n = chan_read(&c->chan, c->window, CONN_WINDOW, &room);
	return n == 0 ? -ECONNRESET : n;
}

int
conn_poll(struct conn *c, struct reply *r)
{
	ssize_t n = conn_next(c, r);

	if (n == 0) {
		n = read_some(c);
		if (n < 0)
			return n == -EAGAIN ? 0 : (int)n;
		n = conn_next(c, r);
	}
	return n == -EMSGSIZE ? -EBADMSG : (int)n;
}

/* As read_some(), looking for it awhile. */
static ssize_t
poll_some(struct conn *c)
{
	ssize_t n = -EAGAIN;

	if (!polling_begin(&c->polling))
		return n;
	do
		n = read_some(c);
	while (n == -EAGAIN && polling_again(&c->polling));
	if (n > 0)
		polling_found(&c->polling);
	return n;
}

/* As read_some(), when something is there to be read. */
static ssize_t
await_some(struct conn *c, uint64_t deadline_ns)
{
	ssize_t n = c->blocking ? 0 : poll_some(c);

	if (n == -EAGAIN)
		n = wait_readable(c, false, deadline_ns);
	return n == 0 ? read_some(c) : n;
}

int
conn_wait(struct conn *c, bool until_sent, uint64_t deadline_ns)
{
	ssize_t n = wait_readable(c, until_sent, deadline_ns);

	if (n == 0)
		n = read_some(c);
	return n < 0 && n != -EAGAIN ? (int)n : 0;
}

int
conn_recv(struct conn *c, struct reply *r, uint64_t deadline_ns)
{
	for (bool first = true;; first = false) {
		ssize_t n = conn_next(c, r);

		if (n == -EMSGSIZE && c->body != NULL)
			return conn_body_begin(c, r, deadline_ns);
		if (n != 0)
			/* A reply over our limit breaks the protocol, too. */
			return n == -EMSGSIZE ? -EBADMSG : n < 0 ? (int)n : 0;
		/* A server that sends all but replies must not keep us. */
		if (!first && (n = expired(deadline_ns)) != 0)
			return (int)n;
		n = await_some(c, deadline_ns);
		if (n == -EINTR && interrupt_signal() == 0)
			n = clock_ns() >= deadline_ns ? -ETIMEDOUT : -EAGAIN;
		if (n < 0 && n != -EAGAIN)
			return (int)n;
	}
}

static int
resend(struct conn *c, struct call_head *head, const void *args,
    size_t n)
{
	int err;

	c->resent++;
	c->xid--;	/* the same call: the server's answer fits either */
	err = conn_queue(c, head, args, n);
	return err ? err : conn_send(c);
}

static int
recv_or_resend(struct conn *c, struct call_head *head, const void *args,
    size_t n, struct reply *r, uint64_t deadline_ns)
{
	uint64_t wait = CONN_RESEND_MS * NS_PER_MS;

	for (;;) {
		uint64_t until = clock_ns() + wait;
		int err = conn_recv(c, r, until < deadline_ns ? until :
		    deadline_ns);

		if (err != -ETIMEDOUT || clock_ns() >= deadline_ns)
			return err;
		err = resend(c, head, args, n);
		if (err)
			return err;
		wait *= 2;
	}
}

int
conn_call(struct conn *c, struct call_head *head, const void *args,
    size_t n, struct reply *r, uint64_t deadline_ns)
{
	int err;

	c->deadline = deadline_ns;
	err = conn_lend(c, head, args, n);
	if (err == 0)
		err = conn_send(c);
	while (err == 0) {
		err = c->link.datagram ?
		    recv_or_resend(c, head, args, n, r, deadline_ns) :
		    conn_recv(c, r, deadline_ns);
		if (err == 0 && r->xid == c->xid)
			break;
		if (err == 0)
			err = expired(deadline_ns);
	}
	if (n >= CONN_LARGE && conn_keep(c) != 0)
		err = -ENOMEM;
	if (err == 0)
		return 0;
	if (trace_is_on() && err != -EFBIG)
		trace_failed(c, err);
	/* A late answer does no harm to the next call, all else may. */
	c->broken |= err != -EINTR && err != -ETIMEDOUT;
	/* Gone in the middle of it: to the caller it is the same. */
	return err == -EPIPE ? -ECONNRESET : err;
}
