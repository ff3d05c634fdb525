/*
 * Calls of REFLECT: see ask.h. Used by fetch.c, for what is listed and
 * counted, and by reflection.c, for interfaces.
 */
#include "reflect/ask.h"

#include <string.h>

#include "clnt_chan.h"
#include "clock.h"
#include "kept.h"
#include "open.h"
#include "options.h"

CLIENT *
reflect_open(struct target *t, uint64_t connect_ns, uint64_t timeout_ns,
    struct failure *f)
{
	struct open_request req = { .prog = REFLECT_PROG, .vers = REFLECT_V1,
		.timeout_ms = (uint32_t)(connect_ns / NS_PER_MS) };
	struct reach r = { .target = *t, .auth_sys = t->auth_sys ||
		strcmp(common.auth, "sys") == 0 };
	uint32_t timeout_ms = (uint32_t)(timeout_ns / NS_PER_MS);
	struct conn *kept = target_asks_rpcbind(t) ? NULL : kept_find(&r, t);
	struct link l;
	CLIENT *clnt;

	if (kept == NULL && target_open(t, &req, &l, f) != 0)
		return NULL;
	clnt = kept != NULL ? clnt_chan_borrow(kept, REFLECT_PROG, REFLECT_V1,
	    timeout_ms) : clnt_chan_create(&l, REFLECT_PROG, REFLECT_V1,
	    r.auth_sys, timeout_ms);
	if (clnt == NULL)
		failure_set(f, EXIT_OS, "no memory");
	return clnt;
}

static int
no_reflection(struct failure *f)
{
	failure_set(f, EXIT_PROG_UNAVAIL, "the server does not tell of itself "
	    "(it has no REFLECT, program 0x%x)", REFLECT_PROG);
	failure_hint(f, "rpcalld has it unless it was started with --disable "
	    "reflect; rpcinfo and rpcall ping ask any server");
	return -f->code;
}

int
reflect_broke(struct failure *f, const char *what, const char *how)
{
	return failure_set(f, EXIT_PROTOCOL, "the server's answer to %s %s",
	    what, how);
}

int
reflect_told(CLIENT *clnt, enum clnt_stat stat, const char *what,
    struct failure *f)
{
	if (stat == RPC_SUCCESS)
		return 0;
	if (stat == RPC_CANTDECODERES)
		return reflect_broke(f, what, "cannot be decoded");
	if (stat == RPC_PROGUNAVAIL)
		return no_reflection(f);
	return clnt_chan_failure(clnt, what, f);
}
