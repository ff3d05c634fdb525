/*
 * ONC RPC over UDP: one socket per worker on the same port. A datagram is a
 * message; there are no peers. Datagrams are received and answered many at a
 * time, each answer leaving from the address that was asked (RFC 3542 and
 * ip(7), PKTINFO). Arguments are decoded within the datagram and no further.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fd.h"
#include "log.h"
#include "server/call.h"
#include "server/dispatch.h"
#include "server/server.h"
#include "server/worker.h"

enum {
	BATCH = 16,		/* datagrams in one system call */
	DATAGRAM_MAX = 65507,	/* bytes of payload over IPv4 */
	CONTROL_MAX = CMSG_SPACE(sizeof(struct in6_pktinfo)),
	SOCKET_BUFFER = 1 << 20,
};

struct datagram {
	struct addr from;
	_Alignas(struct cmsghdr) uint8_t control[CONTROL_MAX];
	struct iovec iov;
};

_Static_assert((int)CONTROL_MAX <= (int)ORIGIN_CONTROL_MAX, "origin.h");

struct udp {
	struct loop_io io;
	struct spin_source source;
	struct worker *worker;
	struct origin origin;
	int fd;
	uint8_t *buffers;	/* BATCH of DATAGRAM_MAX bytes */
	struct datagram in[BATCH];
	struct mmsghdr msgs[BATCH], replies[BATCH];
	struct iovec out[BATCH];
	size_t offsets[BATCH];
};

struct udp_endpoint {
	size_t count;
	struct udp *sockets[];
};

/* The first n, after they were used. */
static void
prepare(struct udp *u, int n)
{
	for (int i = 0; i < n; i++) {
		struct datagram *d = &u->in[i];

		d->iov.iov_base = u->buffers + (size_t)i * DATAGRAM_MAX;
		d->iov.iov_len = DATAGRAM_MAX;
		u->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &d->from.ss,
			.msg_namelen = sizeof(d->from.ss),
			.msg_iov = &d->iov,
			.msg_iovlen = 1,
			.msg_control = d->control,
			.msg_controllen = CONTROL_MAX,
		};
	}
}

/* Was it sent to a broadcast or multicast address? Then only success is
 * answered (RFC 5531 section 8.4.2 leaves errors of the crowd unheard). */
static bool
was_broadcast(struct msghdr *h)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(h);
	struct in_pktinfo info;

	if (c == NULL || c->cmsg_level != IPPROTO_IP ||
	    c->cmsg_type != IP_PKTINFO)
		return false;
	memcpy(&info, CMSG_DATA(c), sizeof(info));
	return info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr;
}

/* Serves datagram i; its reply, if any, is the next in u->replies. */
static unsigned
serve(struct udp *u, int i, unsigned nreplies)
{
	struct msghdr *h = &u->msgs[i].msg_hdr;
	struct buf *out = &u->worker->out;
	size_t start = out->len;

	if (h->msg_flags & MSG_TRUNC)
		return nreplies;
	u->in[i].from.len = h->msg_namelen;
	u->origin.remote = u->in[i].from;
	u->origin.broadcast = was_broadcast(h);
	u->origin.control_len = (uint32_t)h->msg_controllen;
	memcpy(u->origin.control, u->in[i].control, h->msg_controllen);
	if (dispatch(u->worker, &u->origin, u->in[i].iov.iov_base,
	    u->msgs[i].msg_len) != 0)
		out->len = start;
	if (out->len == start)
		return nreplies;
	u->offsets[nreplies] = start;
	u->out[nreplies].iov_len = out->len - start;
	u->replies[nreplies].msg_hdr = (struct msghdr){
		.msg_name = h->msg_name,
		.msg_namelen = h->msg_namelen,
		.msg_iov = &u->out[nreplies],
		.msg_iovlen = 1,
		.msg_control = h->msg_control,
		.msg_controllen = h->msg_controllen,
	};
	return nreplies + 1;
}

/* A reply that the kernel will not take is lost, as UDP may lose any. */
static void
send_replies(struct udp *u, unsigned n)
{
	unsigned sent = 0;

	for (unsigned i = 0; i < n; i++)
		u->out[i].iov_base = u->worker->out.data + u->offsets[i];
	while (sent < n) {
		int r = sendmmsg(u->fd, u->replies + sent, n - sent, 0);

		if (r < 0 && errno == EINTR)
			continue;
		sent += r > 0 ? (unsigned)r : 1;
	}
	u->worker->out.len = 0;
}

/* What has come, up to a batch: were there any? */
static bool
serve_batch(struct udp *u)
{
	int n = recvmmsg(u->fd, u->msgs, BATCH, MSG_DONTWAIT, NULL);
	unsigned nreplies = 0;

	if (n <= 0)
		return false;
	spin_served(&u->worker->spin, &u->source);
	for (int i = 0; i < n; i++)
		nreplies = serve(u, i, nreplies);
	send_replies(u, nreplies);
	prepare(u, n);
	return true;
}

static void
ready(struct loop_io *io, uint32_t events)
{
	(void)events;
	serve_batch(container_of(io, struct udp, io));
}

static int
look(struct spin_source *s)
{
	struct udp *u = container_of(s, struct udp, source);

	/* Not while it is going away: udp_quiet(). */
	if (u->worker->draining)
		return -1;
	return serve_batch(u) ? 1 : 0;
}

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
		sendmsg(o->fd, &h, 0);
	call_end(c);
	call_free(c);
}

static void
set_options(int fd, int family)
{
	int on = 1, size = SOCKET_BUFFER;

	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
		    sizeof(on));
	else
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static struct udp *
udp_new(struct endpoint *e, struct worker *w, int fd)
{
	struct udp *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->buffers = malloc((size_t)BATCH * DATAGRAM_MAX);
	if (u->buffers == NULL) {
		free(u);
		return NULL;
	}
	prepare(u, BATCH);
	u->source.look = look;
	u->io.ready = ready;
	u->io.fd = -1;
	u->worker = w;
	u->fd = fd;
	u->origin = (struct origin){
		.mech = e->target.mech,
		.envelope = mech_info[e->target.mech].envelope,
		.netid = e->netid,
		.fd = fd,
		.identity = IDENTITY_ADDRESS,
		.reply_max = DATAGRAM_MAX,
		.answer = answer,
	};
	return u;
}

static void
udp_free(struct udp *u)
{
	fd_close(u->fd);
	free(u->buffers);
	free(u);
}

/* Takes fd, even on failure. */
static int
add_socket(struct udp_endpoint *ue, struct endpoint *e, struct worker *w,
    int fd)
{
	struct udp *u = udp_new(e, w, fd);
	int err;

	if (u == NULL) {
		fd_close(fd);
		return -ENOMEM;
	}
	err = loop_add(&w->loop, &u->io, fd, EPOLLIN, 0);
	if (err) {
		udp_free(u);
		return err;
	}
	ue->sockets[ue->count++] = u;
	return 0;
}

static int
open_socket(struct server *s, struct endpoint *e, unsigned i, struct addr *a)
{
	int fd = e->inherited >= 0 ? e->inherited :
	    sock_listen(a, SOCK_DGRAM, true);

	if (fd < 0)
		return fd;
	a->len = sizeof(a->ss);
	getsockname(fd, &a->sa, &a->len);
	set_options(fd, a->sa.sa_family);
	return add_socket(e->state, e, &s->workers[i], fd);
}

/*
 * A datagram's source is easily forged, and a small call may have an answer
 * of 64 KiB: whoever can reach this can aim it at others.
 */
static void
warn_if_exposed(const struct addr *a)
{
	char text[ADDR_TEXT_MAX];

	if (!addr_is_local(a))
		log_event(LOG_LEVEL_WARN, "udp-exposed", "address=%s "
		    "why=\"answers may be larger than calls, and go to forged "
		    "sources: let only trusted networks reach it\"",
		    addr_format(a, text, sizeof(text)));
}

static int
open_sockets(struct server *s, struct endpoint *e)
{
	unsigned n = e->inherited >= 0 ? 1 : s->nworkers;
	struct udp_endpoint *ue = calloc(1, sizeof(*ue) +
	    n * sizeof(struct udp *));
	struct addr a = { 0 };

	e->state = ue;
	if (ue == NULL)
		return -ENOMEM;
	if (e->inherited < 0 && addr_resolve(&a, e->target.family,
	    e->target.host, e->target.port < 0 ? 0 : e->target.port) != 0)
		return -EADDRNOTAVAIL;
	if (e->inherited < 0) {
		int err = sock_claim_port(&a, SOCK_DGRAM);

		if (err)
			return err;
	}
	for (unsigned i = 0; i < n; i++) {
		int err = open_socket(s, e, i, &a);

		if (err)
			return err;
	}
	e->target.family = a.sa.sa_family;
	e->target.port = addr_port(&a);
	addr_host(&a, e->target.host, sizeof(e->target.host));
	addr_to_uaddr(&a, e->uaddr, sizeof(e->uaddr));
	warn_if_exposed(&a);
	return 0;
}

static void
udp_close(struct endpoint *e)
{
	struct udp_endpoint *ue = e->state;

	for (size_t i = 0; ue != NULL && i < ue->count; i++)
		udp_free(ue->sockets[i]);
	free(ue);
	e->state = NULL;
}

static int
udp_open(struct server *s, struct endpoint *e)
{
	int err = open_sockets(s, e);

	if (err)
		udp_close(e);
	return err;
}

static void
udp_quiet(struct endpoint *e, struct worker *w)
{
	struct udp_endpoint *ue = e->state;

	for (size_t i = 0; i < ue->count; i++)
		if (ue->sockets[i]->worker == w)
			loop_del(&w->loop, &ue->sockets[i]->io);
}

const struct mech mech_rpc_udp = {
	.open = udp_open,
	.quiet = udp_quiet,
	.close = udp_close,
};
