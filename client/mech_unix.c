/*
 * Unix stream sockets: rpc/local and unix.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mech.h"
#include "sock.h"

static int
open_unix(struct link *l, const struct target *t, uint64_t deadline_ns,
    struct failure *f)
{
	struct addr a;
	int err = addr_unix(&a, t->path);

	if (err)
		return failure_set(f, EXIT_USAGE, "%s is too long for a "
		    "socket's path", t->path);
	l->rfd = sock_connect(&a, SOCK_STREAM, deadline_ns);
	if (l->rfd == -EACCES || l->rfd == -EPERM)
		return mech_denied(f, t, l->rfd);
	if (l->rfd < 0) {
		failure_set(f, EXIT_UNREACHABLE, "no server at %s (%s: %s)",
		    t->path, mech_info[t->mech].name, strerror(-l->rfd));
		failure_hint(f, "start one: rpcalld   its paths are in "
		    "RUN/endpoints");
		return -f->code;
	}
	l->wfd = l->rfd;
	snprintf(l->path, sizeof(l->path), "%s", t->path);
	return 0;
}

const struct client_mech client_mech_rpc_local = { .open = open_unix };
const struct client_mech client_mech_unix = { .open = open_unix };
