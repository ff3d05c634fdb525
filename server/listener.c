/*
 * Listeners: see listener.h.
 */
#include "server/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fd.h"
#include "log.h"
#include "server/server.h"
#include "server/worker.h"

enum { ACCEPTS_PER_TURN = 64, PAUSE_MS = 100 };

static void
adopt(struct listener *l, int fd, const struct addr *remote)
{
	struct origin o = {
		.mech = l->endpoint->target.mech,
		.netid = l->endpoint->netid,
		.identity = IDENTITY_ADDRESS,
		.remote = *remote,
	};

	if (remote->sa.sa_family == AF_UNIX) {
		o.identity = sock_peer_uid(fd, &o.uid) == 0 ?
		    IDENTITY_PEERCRED : IDENTITY_ANONYMOUS;
		/* Clients are unnamed; the address that tells is ours. */
		o.remote.len = sizeof(o.remote.ss);
		getsockname(fd, &o.remote.sa, &o.remote.len);
	}
	sock_prepare(fd, remote->sa.sa_family);
	server_adopt(l->server, l->worker, fd, fd, &o, NULL);
}

/* Out of descriptors or memory: stop asking for a while, instead of being
 * told of the same connection without end. */
static void
pause_accepting(struct listener *l, int err)
{
	struct loop *loop = &l->worker->loop;

	log_event(LOG_LEVEL_WARN, "accept-paused", "mech=%s why=\"%s\"",
	    mech_info[l->endpoint->target.mech].name, strerror(err));
	events_add(&l->server->events, EVENT_ACCEPT_PAUSED);
	loop_del(loop, &l->io);
	timer_set(&loop->timers, &l->rearm, loop->now + PAUSE_MS * NS_PER_MS);
}

static bool
is_shortage(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM ||
	    err == ENOBUFS;
}

/* True when there may be more to accept. */
static bool
accept_some(struct listener *l)
{
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct addr a = { .len = sizeof(a.ss) };
		int fd = accept4(l->fd, &a.sa, &a.len,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			adopt(l, fd, &a);
			continue;
		}
		if (is_shortage(errno))
			pause_accepting(l, errno);
		/* A connection that died in the queue is not the last one. */
		if (errno != ECONNABORTED && errno != EINTR)
			return false;
	}
	return true;
}

static void
ready(struct loop_io *io, uint32_t events)
{
	(void)events;
	accept_some(container_of(io, struct listener, io));
}

static int
watch(struct listener *l)
{
	/* Only one of the workers that share a socket is woken. */
	return loop_add(&l->worker->loop, &l->io, l->fd, EPOLLIN,
	    EPOLLEXCLUSIVE);
}

static void
rearm(struct timer *t, uint64_t now)
{
	struct listener *l = container_of(t, struct listener, rearm);

	if (watch(l) != 0)
		timer_set(&l->worker->loop.timers, t,
		    now + PAUSE_MS * NS_PER_MS);
}

/* The address that a socket got: for the port that the kernel chose. */
static int
learn_address(struct endpoint *e, int fd, struct addr *a)
{
	a->len = sizeof(a->ss);
	if (getsockname(fd, &a->sa, &a->len) < 0)
		return -errno;
	if (a->sa.sa_family == AF_UNIX)
		addr_host(a, e->target.path, sizeof(e->target.path));
	else {
		e->target.family = a->sa.sa_family;
		e->target.port = addr_port(a);
		addr_host(a, e->target.host, sizeof(e->target.host));
	}
	addr_to_uaddr(a, e->uaddr, sizeof(e->uaddr));
	return 0;
}

static int
listen_one(struct endpoint *e, unsigned i, struct addr *a)
{
	bool shared = a->sa.sa_family == AF_UNIX || e->inherited >= 0;
	int fd;

	if (i > 0 && shared)
		return e->listeners[0].fd;
	if (i == 0 && !shared) {
		int err = sock_claim_port(a, SOCK_STREAM);

		if (err)
			return err;
	}
	fd = e->inherited >= 0 ? e->inherited :
	    sock_listen(a, SOCK_STREAM, true);
	if (fd >= 0 && i == 0) {
		int err = learn_address(e, fd, a);

		if (err) {
			fd_close(fd);
			return err;
		}
	}
	return fd;
}

static int
open_all(struct server *s, struct endpoint *e, struct addr *a)
{
	e->listeners = calloc(s->nworkers, sizeof(*e->listeners));
	if (e->listeners == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < s->nworkers; i++) {
		struct listener *l = &e->listeners[i];
		int err;

		*l = (struct listener){ .server = s, .endpoint = e,
			.worker = &s->workers[i], .io.ready = ready,
			.io.fd = -1, .rearm.fire = rearm };
		l->fd = listen_one(e, i, a);
		if (l->fd < 0)
			return l->fd;
		e->nlisteners++;
		err = watch(l);
		if (err)
			return err;
	}
	return 0;
}

int
listener_open(struct server *s, struct endpoint *e, struct addr *a)
{
	int err = open_all(s, e, a);

	if (err)
		listener_close(e);
	return err;
}

void
listener_quiet(struct endpoint *e, struct worker *w)
{
	struct listener *l = &e->listeners[w->index];
	bool queued = l->io.fd >= 0;

	/* What is in the queue was accepted by the kernel in our name. */
	while (queued && accept_some(l))
		;
	/* Who comes later is refused, and need not wait for our end. */
	if (e->inherited < 0)
		shutdown(l->fd, SHUT_RDWR);
	while (queued && accept_some(l))
		;
	timer_clear(&w->loop.timers, &l->rearm);
	loop_del(&w->loop, &l->io);
}

void
listener_close(struct endpoint *e)
{
	for (size_t i = 0; i < e->nlisteners; i++)
		if (i == 0 || e->listeners[i].fd != e->listeners[0].fd)
			fd_close(e->listeners[i].fd);
	free(e->listeners);
	e->listeners = NULL;
	e->nlisteners = 0;
}
