/*
 * CLIENT handles over the client engine: see clnt_chan.h.
 */
#include "clnt_chan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call_error.h"
#include "clock.h"
#include "xbuf.h"

enum { ARGS_MAX = (4 << 20) + (4 << 10) };

struct clnt_chan {
	CLIENT clnt;
	struct conn *conn, own;	/* own, or a borrowed one */
	uint32_t prog, vers;
	struct timeval timeout;	/* of every call */
	struct rpc_err err;	/* of the last call */
	struct reply_status refused;	/* or how it was refused */
	struct buf args;
};

static struct clnt_chan *
of(CLIENT *clnt)
{
	return clnt->cl_private;
}

static uint64_t
timeout_ns(const struct clnt_chan *cc)
{
	return (uint64_t)cc->timeout.tv_sec * NS_PER_S +
	    (uint64_t)cc->timeout.tv_usec * NS_PER_US;
}

int
clnt_chan_failure(CLIENT *clnt, const char *what, struct failure *f)
{
	const struct clnt_chan *cc = of(clnt);

	if (cc->err.re_status == RPC_TIMEDOUT)
		return call_timed_out(f, what, timeout_ns(cc));
	return cc->refused.kind != REPLY_SUCCESS ?
	    call_refused(f, what, &cc->refused) :
	    call_failed_over(f, what, -cc->err.re_errno, &cc->conn->link);
}

static enum clnt_stat
transport_error(struct clnt_chan *cc, int err)
{
	cc->err.re_errno = -err;
	cc->err.re_status = err == -ETIMEDOUT ? RPC_TIMEDOUT :
	    err == -EMSGSIZE ? RPC_CANTENCODEARGS : RPC_CANTRECV;
	return cc->err.re_status;
}

/* By reply_kind; success apart. */
static const enum clnt_stat stats[] = {
	[REPLY_PROG_UNAVAIL] = RPC_PROGUNAVAIL,
	[REPLY_PROG_MISMATCH] = RPC_PROGVERSMISMATCH,
	[REPLY_PROC_UNAVAIL] = RPC_PROCUNAVAIL,
	[REPLY_GARBAGE_ARGS] = RPC_CANTDECODEARGS,
	[REPLY_SYSTEM_ERR] = RPC_SYSTEMERROR,
	[REPLY_AUTH_ERROR] = RPC_AUTHERROR,
	[REPLY_RPC_MISMATCH] = RPC_VERSMISMATCH,
};

static enum clnt_stat
refusal(struct clnt_chan *cc, const struct reply_status *st)
{
	cc->refused = *st;
	cc->err.re_status = stats[st->kind];
	if (st->kind == REPLY_AUTH_ERROR)
		cc->err.re_why = (enum auth_stat)st->auth;
	else {
		cc->err.re_vers.low = st->low;
		cc->err.re_vers.high = st->high;
	}
	return cc->err.re_status;
}

/* err is xbuf_outcome()'s; bad what any other than -ENOMEM means. */
static enum clnt_stat
local_outcome(struct clnt_chan *cc, int err, enum clnt_stat bad)
{
	cc->err.re_errno = -err;
	cc->err.re_status = err == 0 ? RPC_SUCCESS : err == -ENOMEM ?
	    RPC_SYSTEMERROR : bad;
	return cc->err.re_status;
}

static enum clnt_stat
decode(struct clnt_chan *cc, const struct reply *r, xdrproc_t xres, void *res)
{
	XDR x;

	if (r->status.kind != REPLY_SUCCESS)
		return refusal(cc, &r->status);
	xbuf_decode(&x, r->body, r->len, false);
	return local_outcome(cc, xbuf_outcome(&x, xres(&x, res)),
	    RPC_CANTDECODERES);
}

/* The credential that cl_auth holds, where the caller put one there. */
static void
use_auth(struct clnt_chan *cc)
{
	const struct opaque_auth *cred = &cc->clnt.cl_auth->ah_cred;

	if (cred->oa_flavor == AUTH_NONE || cred->oa_length > RPC_AUTH_MAX)
		return;
	cc->conn->flavor = (uint32_t)cred->oa_flavor;
	cc->conn->cred_len = cred->oa_length;
	memcpy(cc->conn->cred, cred->oa_base, cred->oa_length);
}

static enum clnt_stat
chan_call(CLIENT *clnt, rpcproc_t proc, xdrproc_t xargs, void *args,
    xdrproc_t xres, void *res, struct timeval timeout)
{
	struct clnt_chan *cc = of(clnt);
	struct call_head head = { .prog = cc->prog, .vers = cc->vers,
		.proc = (uint32_t)proc };
	uint64_t deadline = clock_ns() + timeout_ns(cc);
	struct reply r;
	XDR x;
	int err;

	(void)timeout;	/* a stub's fixed 25 s: ours wins, as in libtirpc */
	memset(&cc->err, 0, sizeof(cc->err));
	cc->refused.kind = REPLY_SUCCESS;
	use_auth(cc);
	cc->args.len = 0;
	xbuf_encode(&x, &cc->args, ARGS_MAX);
	if (!xargs(&x, args))
		return local_outcome(cc, xbuf_starved(&x) ? -ENOMEM :
		    -EMSGSIZE, RPC_CANTENCODEARGS);
	err = conn_call(cc->conn, &head, cc->args.data, cc->args.len, &r,
	    deadline);
	return err ? transport_error(cc, err) : decode(cc, &r, xres, res);
}

static void
chan_abort(CLIENT *clnt)
{
	(void)clnt;
}

static void
chan_geterr(CLIENT *clnt, struct rpc_err *err)
{
	*err = of(clnt)->err;
}

static bool_t
chan_freeres(CLIENT *clnt, xdrproc_t xres, void *res)
{
	(void)clnt;
	xbuf_free(xres, res, NULL, 0);
	return TRUE;
}

static void
chan_destroy(CLIENT *clnt)
{
	struct clnt_chan *cc = of(clnt);

	if (cc->conn == &cc->own)
		conn_release(cc->conn);
	buf_release(&cc->args);
	free(cc->clnt.cl_netid);
	if (cc->clnt.cl_auth != NULL)
		auth_destroy(cc->clnt.cl_auth);
	free(cc);
}

static bool_t
chan_control(CLIENT *clnt, u_int request, void *info)
{
	struct clnt_chan *cc = of(clnt);

	switch (request) {
	case CLSET_TIMEOUT:
		cc->timeout = *(struct timeval *)info;
		return TRUE;
	case CLGET_TIMEOUT:
		*(struct timeval *)info = cc->timeout;
		return TRUE;
	case CLGET_FD:
		*(int *)info = cc->conn->link.rfd;
		return TRUE;
	case CLSET_FD_CLOSE:
		return TRUE;	/* it is always closed: we own it */
	case CLGET_XID:
		*(uint32_t *)info = cc->conn->xid;
		return TRUE;
	case CLSET_XID:
		/* The next call's, as libtirpc has it. */
		cc->conn->xid = *(uint32_t *)info - 1;
		return TRUE;
	case CLGET_PROG:
		*(uint32_t *)info = cc->prog;
		return TRUE;
	case CLSET_PROG:
		cc->prog = *(uint32_t *)info;
		return TRUE;
	case CLGET_VERS:
		*(uint32_t *)info = cc->vers;
		return TRUE;
	case CLSET_VERS:
		cc->vers = *(uint32_t *)info;
		return TRUE;
	default:
		return FALSE;
	}
}

static struct clnt_ops chan_ops = {
	.cl_call = chan_call,
	.cl_abort = chan_abort,
	.cl_geterr = chan_geterr,
	.cl_freeres = chan_freeres,
	.cl_destroy = chan_destroy,
	.cl_control = chan_control,
};

static CLIENT *
set_up(struct clnt_chan *cc, uint32_t prog, uint32_t vers,
    uint32_t timeout_ms)
{
	cc->prog = prog;
	cc->vers = vers;
	cc->timeout = (struct timeval){ timeout_ms / 1000,
		timeout_ms % 1000 * 1000 };
	cc->clnt.cl_ops = &chan_ops;
	cc->clnt.cl_private = cc;
	cc->clnt.cl_netid = strdup(mech_info[cc->conn->link.mech].netid);
	cc->clnt.cl_auth = authnone_create();
	if (cc->clnt.cl_netid != NULL && cc->clnt.cl_auth != NULL)
		return &cc->clnt;
	chan_destroy(&cc->clnt);
	return NULL;
}

CLIENT *
clnt_chan_create(const struct link *l, uint32_t prog, uint32_t vers,
    bool auth_sys, uint32_t timeout_ms)
{
	struct clnt_chan *cc = calloc(1, sizeof(*cc));
	struct link taken = *l;

	if (cc == NULL) {
		link_close(&taken);
		return NULL;
	}
	cc->conn = &cc->own;
	if (conn_init(cc->conn, l) != 0) {
		free(cc);
		return NULL;
	}
	if (auth_sys)
		conn_auth_sys(cc->conn);
	return set_up(cc, prog, vers, timeout_ms);
}

CLIENT *
clnt_chan_borrow(struct conn *c, uint32_t prog, uint32_t vers,
    uint32_t timeout_ms)
{
	struct clnt_chan *cc = calloc(1, sizeof(*cc));

	if (cc == NULL)
		return NULL;
	cc->conn = c;
	return set_up(cc, prog, vers, timeout_ms);
}
