/*
 * Listening stream sockets, one per worker: accepting, and surviving what
 * accept(2) may answer. What mech_inet.c and mech_unix.c share.
 */
#ifndef RPCALLD_LISTENER_H
#define RPCALLD_LISTENER_H

#include "loop.h"
#include "server/mech.h"
#include "timers.h"

struct listener {
	struct loop_io io;
	struct timer rearm;	/* after accept ran out of something */
	struct server *server;
	struct worker *worker;
	struct endpoint *endpoint;
	int fd;			/* owned; shared ones by the first listener */
};

/*
 * Listens at a for every worker of s: each with a socket of its own (several
 * on one port, SO_REUSEPORT) or, for Unix and inherited ones, all on one.
 * Fills e->target's port and e->uaddr: 0 or -errno.
 */
int listener_open(struct server *s, struct endpoint *e, struct addr *a);

/* As struct mech. */
void listener_quiet(struct endpoint *e, struct worker *w);
void listener_close(struct endpoint *e);

#endif
