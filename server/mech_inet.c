/*
 * TCP: ONC RPC (rpc/tcp) and the lean frame (tcp) on listening sockets, one
 * per worker on the same port. They differ in the envelope alone, which is
 * data in common/mechs.def.
 */
#include <errno.h>
#include <string.h>

#include "server/listener.h"
#include "server/mech.h"

static int
inet_open(struct server *s, struct endpoint *e)
{
	struct addr a;
	int port = e->target.port < 0 ? 0 : e->target.port;

	/* Names are resolved here: at start, before anybody waits. */
	if (e->inherited < 0 &&
	    addr_resolve(&a, e->target.family, e->target.host, port) != 0)
		return -EADDRNOTAVAIL;
	return listener_open(s, e, &a);
}

const struct mech mech_rpc_tcp = {
	.open = inet_open,
	.quiet = listener_quiet,
	.close = listener_close,
};

const struct mech mech_tcp = {
	.open = inet_open,
	.quiet = listener_quiet,
	.close = listener_close,
};
