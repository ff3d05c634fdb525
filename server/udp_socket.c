/*
 * A datagram socket: see udp_socket.h. Datagrams are received and answered
 * many at a time, as trains (train.h) where they are of one peer, each answer
 * leaving from the address that was asked (RFC 3542 and ip(7), PKTINFO).
 * Arguments are decoded within the datagram and no further.
 */
#include "server/udp_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fd.h"
#include "kernel.h"
#include "server/call.h"
#include "server/dispatch.h"
#include "server/server.h"
#include "server/udp_replies.h"
#include "server/worker.h"
#include "train.h"

enum {
	BATCH = 8,		/* datagrams or trains in one system call */
	OUT_MAX = 1 << 20,	/* bytes of replies before they are sent */
	DATAGRAM_MAX = 65507,	/* bytes of payload over IPv4 */
};

struct datagram {
	struct addr from;
	_Alignas(struct cmsghdr) uint8_t control[UDP_CONTROL_MAX];
	struct iovec iov;
};

_Static_assert((int)UDP_INFO_MAX <= (int)ORIGIN_CONTROL_MAX, "origin.h");

struct udp_socket {
	struct loop_io io;
	struct spin_source source;
	struct worker *worker;
	struct origin origin;
	int fd;
	bool direct;		/* a thread of its own reads it: direct.h */
	uint8_t *buffers;	/* BATCH of TRAIN_BUFFER bytes */
	struct datagram in[BATCH];
	struct mmsghdr msgs[BATCH];
	struct udp_replies replies;
};

/* The first n, after they were used. */
static void
prepare(struct udp_socket *u, int n)
{
	for (int i = 0; i < n; i++) {
		struct datagram *d = &u->in[i];

		d->iov.iov_base = u->buffers + (size_t)i * TRAIN_BUFFER;
		d->iov.iov_len = TRAIN_BUFFER;
		u->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &d->from.ss,
			.msg_namelen = sizeof(d->from.ss),
			.msg_iov = &d->iov,
			.msg_iovlen = 1,
			.msg_control = d->control,
			.msg_controllen = UDP_CONTROL_MAX,
		};
	}
}

/* Which of our addresses was asked, or NULL. */
static struct cmsghdr *
info_of(struct msghdr *h)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(h);

	while (c != NULL && (c->cmsg_level != IPPROTO_IP ||
	    c->cmsg_type != IP_PKTINFO) && (c->cmsg_level != IPPROTO_IPV6 ||
	    c->cmsg_type != IPV6_PKTINFO))
		c = CMSG_NXTHDR(h, c);
	return c;
}

/* Was it sent to a broadcast or multicast address? Then only success is
 * answered (RFC 5531 section 8.4.2 leaves errors of the crowd unheard). */
static bool
was_broadcast(const struct cmsghdr *c)
{
	struct in_pktinfo info;

	if (c == NULL || c->cmsg_level != IPPROTO_IP)
		return false;
	memcpy(&info, CMSG_DATA(c), sizeof(info));
	return info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr;
}

/* Where what is in slot i came from. */
static void
set_origin(struct udp_socket *u, int i)
{
	struct msghdr *h = &u->msgs[i].msg_hdr;
	struct cmsghdr *info = info_of(h);
	struct origin *o = &u->origin;

	u->in[i].from.len = h->msg_namelen;
	o->remote = u->in[i].from;
	o->broadcast = was_broadcast(info);
	o->control_len = 0;
	if (info == NULL || info->cmsg_len > UDP_INFO_MAX)
		return;
	memset(o->control, 0, UDP_INFO_MAX);
	memcpy(o->control, info, info->cmsg_len);
	o->control_len = (uint32_t)CMSG_ALIGN(info->cmsg_len);
}

static void
serve(struct udp_socket *u, struct msghdr *from, const uint8_t *data, size_t n)
{
	struct buf *out = &u->worker->out;
	size_t start = out->len;

	/* Each datagram is from somebody else. */
	call_forget(u->worker->call, &u->origin);
	if (dispatch(u->worker, &u->origin, data, n) != 0)
		out->len = start;
	if (out->len > start)
		udp_replies_add(&u->replies, from, &u->origin, start);
	if (udp_replies_full(&u->replies) || out->len > OUT_MAX)
		udp_replies_send(&u->replies);
}

/* Serves what came in slot i: how many datagrams. */
static int
serve_slot(struct udp_socket *u, int i)
{
	struct msghdr *h = &u->msgs[i].msg_hdr;
	const uint8_t *data = u->in[i].iov.iov_base;
	size_t n = u->msgs[i].msg_len, segment = train_segment(h, n);

	int served = 0;

	if (h->msg_flags & MSG_TRUNC)
		return 1;
	set_origin(u, i);
	do {
		size_t len = segment < n ? segment : n;

		serve(u, h, data, len);
		data += len;
		n -= len;
		served++;
	} while (n > 0);
	/* Who sends a train waits for it, and nobody else. */
	if (u->msgs[i].msg_len > segment)
		udp_replies_send(&u->replies);
	return served;
}

/* What has come, up to a batch: how many datagrams or trains, or -errno. */
static int
receive(struct udp_socket *u, int flags)
{
	int n = recvmmsg(u->fd, u->msgs, BATCH, flags, NULL);

	kernel_called(train_moved(u->msgs, n));
	return n < 0 ? -errno : n;
}

/* Serves the first n: how many datagrams. */
static int
serve_batch(struct udp_socket *u, int n)
{
	int served = 0;

	if (n <= 0)
		return 0;
	spin_served(&u->worker->spin, &u->source);
	for (int i = 0; i < n; i++)
		served += serve_slot(u, i);
	udp_replies_send(&u->replies);
	prepare(u, n);
	return served;
}

static void
ready(struct loop_io *io, uint32_t events)
{
	struct udp_socket *u = container_of(io, struct udp_socket, io);

	(void)events;
	/* An error is reported whatever is watched for: its reader's, too. */
	if (!u->direct)
		serve_batch(u, receive(u, MSG_DONTWAIT));
}

static int
look(struct spin_source *s)
{
	struct udp_socket *u = container_of(s, struct udp_socket, source);

	/* Not while it is going away: udp_socket_quiet(). */
	if (u->worker->draining)
		return -1;
	return serve_batch(u, receive(u, MSG_DONTWAIT));
}

static bool
direct_suits(const struct spin_source *s)
{
	const struct udp_socket *u = container_of(s, const struct udp_socket,
	    source);

	return u->worker->ndatagrams == 0;
}

/* It stays with the loop, which can then not fail to have it back. */
static int
direct_begin(struct spin_source *s)
{
	struct udp_socket *u = container_of(s, struct udp_socket, source);
	int err = fd_set_nonblock(u->fd, 0);

	if (err)
		return err;
	u->direct = true;
	loop_mod(&u->worker->loop, &u->io, 0);
	return u->fd;
}

/* Waits for one, and takes those that are there behind it: how many, or -1. */
static int
direct_read(struct udp_socket *u)
{
	int n;

	direct_wait(u->worker);
	n = receive(u, MSG_WAITFORONE);
	direct_waited(u->worker);
	if (n < 0)
		return n == -EINTR ? 0 : -1;
	return serve_batch(u, n);
}

static void
direct_run_socket(struct spin_source *s)
{
	struct udp_socket *u = container_of(s, struct udp_socket, source);
	int n = 0;

	while (n >= 0 && direct_goes_on(u->worker)) {
		n = direct_read(u);
		if (n > 0)
			direct_served(u->worker);
	}
}

static void
direct_end(struct spin_source *s)
{
	struct udp_socket *u = container_of(s, struct udp_socket, source);

	u->direct = false;
	fd_set_nonblock(u->fd, 1);
	/* Unless nothing is received any more: udp_socket_quiet(). */
	if (u->io.fd >= 0)
		loop_mod(&u->worker->loop, &u->io, EPOLLIN);
}

static const struct direct_ops direct_ops = {
	.suits = direct_suits,
	.begin = direct_begin,
	.run = direct_run_socket,
	.end = direct_end,
};

/* The reply of a deferred call, to whom it remembers. */
static void
answer(struct origin *o, struct call *c)
{
	struct iovec iov = { c->reply.data, c->reply.len };
	struct msghdr h = {
		.msg_name = &o->remote.ss,
		.msg_namelen = o->remote.len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = o->control,
		.msg_controllen = o->control_len,
	};

	if (c->reply.len > 0)
		kernel_called(sendmsg(o->fd, &h, MSG_DONTWAIT));
	call_end(c);
	call_free(c);
}

static struct udp_socket *
allocate(void)
{
	struct udp_socket *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->buffers = malloc((size_t)BATCH * TRAIN_BUFFER);
	if (u->buffers == NULL) {
		free(u);
		return NULL;
	}
	prepare(u, BATCH);
	return u;
}

int
udp_socket_new(struct udp_socket **made, struct endpoint *e, struct worker *w,
    int fd)
{
	struct udp_socket *u = allocate();
	int err;

	if (u == NULL) {
		fd_close(fd);
		return -ENOMEM;
	}
	u->source.look = look;
	u->source.direct = &direct_ops;
	u->io.ready = ready;
	u->io.fd = -1;
	u->worker = w;
	u->fd = u->replies.fd = fd;
	u->replies.out = &w->out;
	u->origin = (struct origin){
		.mech = e->target.mech,
		.envelope = mech_info[e->target.mech].envelope,
		.netid = e->netid,
		.fd = fd,
		.identity = IDENTITY_ADDRESS,
		.reply_max = DATAGRAM_MAX,
		.answer = answer,
	};
	err = loop_add(&w->loop, &u->io, fd, EPOLLIN, 0);
	if (err)
		udp_socket_free(u);
	else
		*made = u;
	return err;
}

void
udp_socket_quiet(struct udp_socket *u, struct worker *w)
{
	if (u->worker == w)
		loop_del(&w->loop, &u->io);
}

void
udp_socket_free(struct udp_socket *u)
{
	fd_close(u->fd);
	free(u->buffers);
	free(u);
}
