/*
 * ONC RPC over UDP: one socket per worker on the same port. A datagram is a
 * message; there are no peers. udp_socket.c serves what comes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fd.h"
#include "log.h"
#include "server/server.h"
#include "server/udp_socket.h"
#include "server/worker.h"
#include "train.h"

enum { SOCKET_BUFFER = 1 << 20 };

struct udp_endpoint {
	size_t count;
	struct udp_socket *sockets[];
};

static void
set_options(int fd, int family)
{
	int on = 1, size = SOCKET_BUFFER;

	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
		    sizeof(on));
	else
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	train_accept(fd);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

/* Takes fd, even on failure. */
static int
add_socket(struct udp_endpoint *ue, struct endpoint *e, struct worker *w,
    int fd)
{
	struct udp_socket *u;
	int err = udp_socket_new(&u, e, w, fd);

	if (err == 0)
		ue->sockets[ue->count++] = u;
	return err;
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
	    n * sizeof(struct udp_socket *));
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
		udp_socket_free(ue->sockets[i]);
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
		udp_socket_quiet(ue->sockets[i], w);
}

const struct mech mech_rpc_udp = {
	.open = udp_open,
	.quiet = udp_quiet,
	.close = udp_close,
};
