/*
 * TCP and UDP: rpc/tcp, rpc/udp and tcp. The port is known by now: from the
 * target, or from rpcbind (open.c).
 */
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "clock.h"
#include "mech.h"
#include "sock.h"
#include "trace.h"

static int
refused(const struct target *t, int err, uint64_t ns, struct failure *f)
{
	char why[FAILURE_WHY];

	failure_set(f, err == -ETIMEDOUT ? EXIT_TIMEOUT : EXIT_UNREACHABLE,
	    "no server at %s port %d (%s: %s)", t->host, t->port,
	    mech_info[t->mech].name, failure_why(err, ns, why));
	failure_hint(f, "start one: rpcalld   or see what is there: "
	    "rpcall list %s", t->host);
	return -f->code;
}

static void
tell_resolved(const struct target *t, const struct addr *a, int err,
    uint64_t ns)
{
	char host[ADDR_TEXT_MAX];

	trace_stage("host %s: %s, after %llu us", t->host, err ? gai_strerror(err) :
	    addr_host(a, host, sizeof(host)),
	    (unsigned long long)(ns / NS_PER_US));
}

static int
open_inet(struct link *l, const struct target *t, uint64_t deadline_ns,
    struct failure *f)
{
	int type = t->mech == MECH_ID_rpc_udp ? SOCK_DGRAM : SOCK_STREAM;
	uint64_t start = clock_ns();
	struct addr a;
	int err = addr_resolve(&a, t->family, t->host, t->port);

	if (trace_is_on())
		tell_resolved(t, &a, err, clock_ns() - start);
	if (err)
		return failure_set(f, EXIT_NOHOST, "unknown host %s (%s)",
		    t->host, gai_strerror(err));
	l->rfd = sock_connect(&a, type, deadline_ns);
	if (l->rfd < 0)
		return refused(t, l->rfd, deadline_ns - start, f);
	l->wfd = l->rfd;
	l->datagram = type == SOCK_DGRAM;
	return 0;
}

const struct client_mech client_mech_rpc_tcp = { .open = open_inet };
const struct client_mech client_mech_rpc_udp = { .open = open_inet };
const struct client_mech client_mech_tcp = { .open = open_inet };
