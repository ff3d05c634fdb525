/*
 * rpcall-stock [PATH]: the baseline of a comparison. The server that rpcgen
 * makes (-C -M -m) on libtirpc's own transports and svc_run(), in its default
 * blocking mode, with the very handlers that the daemon has (svc_echo.c). It
 * is not registered with rpcbind.
 *
 * Listens on free ports of 127.0.0.1 and, with PATH, on a Unix socket; then
 * says so on stdout, in lines "tcp PORT", "udp PORT", "local PATH". Started
 * by stock.c; ends with its parent, or on SIGTERM, and removes PATH.
 */
#include <errno.h>
#include <rpc/rpc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "echo.h"
#include "fd.h"
#include "server/call.h"
#include "server/identity.h"
#include "xsafe.h"
#include "sock.h"

/* rpcgen's skeleton (-m) defines it and declares it nowhere. */
void echo_prog_1(struct svc_req *rq, SVCXPRT *xprt);

static const char *socket_path;

/*
 * What svc_echo.c asks of the daemon: to answer later. svc_run() has no such
 * thing; told so, the handler of DELAY sleeps and answers inline, as that of
 * any stock server would. The others are never reached.
 */
bool
call_may_linger(struct svc_req *rq)
{
	(void)rq;
	return false;
}

bool
call_can_defer(struct svc_req *rq)
{
	(void)rq;
	return false;
}

struct call *
call_defer(struct svc_req *rq)
{
	(void)rq;
	return NULL;
}

uint8_t *
call_reply_room(struct call *c, size_t before, size_t n)
{
	(void)c, (void)before, (void)n;
	abort();
}

void
call_lend(struct call *c, const uint8_t *data, size_t n)
{
	(void)c, (void)data, (void)n;
	abort();
}

void
call_reply_after(struct call *c, uint64_t ns)
{
	(void)c;
	(void)ns;
	abort();
}

/* Who is calling, as far as libtirpc says: an address, a claim in AUTH_SYS. */
void
identity_of(struct svc_req *rq, struct identity_text *id)
{
	const struct netbuf *from = svc_getrpccaller(rq->rq_xprt);
	struct addr a = { .len = from->len };

	*id = (struct identity_text){ .mechanism = "stock",
	    .netid = rq->rq_xprt->xp_netid, .kind = IDENTITY_ADDRESS };
	if (id->netid == NULL)
		id->netid = "";
	if (from->len <= sizeof(a.ss)) {
		memcpy(&a.ss, from->buf, from->len);
		addr_format(&a, id->peer, sizeof(id->peer));
	}
	if (rq->rq_cred.oa_flavor == AUTH_SYS) {
		id->kind = IDENTITY_AUTH_SYS;
		id->uid_known = true;
		id->uid = ((struct authunix_parms *)rq->rq_clntcred)->aup_uid;
	}
}

/* The skeleton calls this after each reply (the daemon frees by itself). */
int
echo_prog_1_freeresult(SVCXPRT *xprt, xdrproc_t xdr, caddr_t result)
{
	(void)xprt;
	xsafe_free(xdr, result);
	return 1;
}

static _Noreturn void
fail(const char *what, int err)
{
	fprintf(stderr, "rpcall-stock: error: %s: %s\n", what,
	    strerror(-err));
	exit(71);
}

static void
handle_sigterm(int sig)
{
	(void)sig;
	if (socket_path != NULL)
		unlink(socket_path);
	_exit(0);
}

static void
signals_set(void)
{
	struct sigaction sa = { .sa_handler = handle_sigterm };

	sigaction(SIGTERM, &sa, NULL);
	/* libtirpc writes without MSG_NOSIGNAL. */
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

/*
 * A listening or bound socket at *a, and blocking, which is stock. No need
 * for TCP_NODELAY: libtirpc sets it on what it accepts.
 */
static int
socket_open(struct addr *a, int type)
{
	int fd = sock_listen(a, type, false), err;

	if (fd < 0)
		fail("cannot listen", fd);
	err = fd_set_nonblock(fd, 0);
	if (err)
		fail("cannot make a socket blocking", err);
	a->len = sizeof(a->ss);
	if (getsockname(fd, &a->sa, &a->len) < 0)
		fail("getsockname", -errno);
	return fd;
}

/* Makes ECHO answer on xprt; NULL for a netconfig means without rpcbind. */
static void
transport_serve(SVCXPRT *xprt, const char *netid)
{
	if (xprt == NULL)
		fail("cannot make a transport", -ENOMEM);
	/* svc_reg() looks at it, and svc_vc_create() leaves it unset. */
	xprt->xp_netid = strdup(netid);
	if (!svc_reg(xprt, ECHO_PROG, ECHO_V1, echo_prog_1, NULL))
		fail("cannot register ECHO", -ENOMEM);
}

static void
inet_serve(int type, const char *netid)
{
	struct addr a;
	int fd;

	if (addr_resolve(&a, AF_INET, "127.0.0.1", 0) != 0)
		fail("127.0.0.1", -EADDRNOTAVAIL);
	fd = socket_open(&a, type);
	transport_serve(type == SOCK_DGRAM ? svc_dg_create(fd, 0, 0) :
	    svc_vc_create(fd, 0, 0), netid);
	printf("%s %d\n", netid, addr_port(&a));
}

static void
local_serve(const char *path)
{
	struct addr a;
	int err = addr_unix(&a, path), fd;

	if (err)
		fail(path, err);
	fd = socket_open(&a, SOCK_STREAM);
	socket_path = path;
	transport_serve(svc_vc_create(fd, 0, 0), "local");
	printf("local %s\n", path);
}

int
main(int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
		fprintf(stderr, "usage: rpcall-stock [PATH]\n");
		return 64;
	}
	signals_set();
	inet_serve(SOCK_STREAM, "tcp");
	inet_serve(SOCK_DGRAM, "udp");
	if (argc == 2)
		local_serve(argv[1]);
	if (fflush(stdout) != 0)
		fail("stdout", -errno);
	svc_run();
	return 70;
}
