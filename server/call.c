/*
 * One request from its arguments to its reply: see call.h. dispatch.c runs
 * it; peer.c and mech_udp.c send what it leaves. The only place where xp_ops
 * is filled in.
 */
#include "server/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "record.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/worker.h"
#include "xbuf.h"

static struct call *
call_of(SVCXPRT *x)
{
	return container_of(x, struct call, xprt);
}

static bool_t
xprt_recv(SVCXPRT *x, struct rpc_msg *msg)
{
	(void)x, (void)msg;
	return FALSE;
}

static enum xprt_stat
xprt_stat(SVCXPRT *x)
{
	(void)x;
	return XPRT_IDLE;
}

static bool_t
xprt_getargs(SVCXPRT *x, xdrproc_t proc, void *args)
{
	struct call *c = call_of(x);
	XDR xdr;

	xbuf_decode(&xdr, c->body, c->body_len, false);
	return proc(&xdr, args);
}

static bool_t
xprt_freeargs(SVCXPRT *x, xdrproc_t proc, void *args)
{
	struct call *c = call_of(x);

	xbuf_free(proc, args, c->body, c->body_len);
	return TRUE;
}

static bool_t
xprt_control(SVCXPRT *x, const u_int request, void *info)
{
	(void)x, (void)request, (void)info;
	return FALSE;
}

static void
xprt_destroy(SVCXPRT *x)
{
	(void)x;	/* A request's handle ends with the request. */
}

/* RPC's reply as we have it: kinds are numbered as in RFC 5531. */
static struct reply_status
status_of(const struct rpc_msg *msg)
{
	const struct reply_body *body = &msg->rm_reply;
	struct reply_status st = { .kind = REPLY_SYSTEM_ERR };

	if (body->rp_stat == MSG_ACCEPTED) {
		st.kind = (enum reply_kind)body->rp_acpt.ar_stat;
		st.low = (uint32_t)body->rp_acpt.ar_vers.low;
		st.high = (uint32_t)body->rp_acpt.ar_vers.high;
	} else if (body->rp_rjct.rj_stat == AUTH_ERROR) {
		st.kind = REPLY_AUTH_ERROR;
		st.auth = body->rp_rjct.rj_why;
	}
	return st;
}

/* svcerr_*() and svc_sendreply() of a handler end up here. */
static bool_t
xprt_reply(SVCXPRT *x, struct rpc_msg *msg)
{
	struct call *c = call_of(x);
	struct reply_status st = status_of(msg);
	struct buf *b = c->deferred ? &c->reply : &c->worker->out;
	struct accepted_reply *ok = &msg->rm_reply.rp_acpt;

	if (c->replied)
		return FALSE;
	c->replied = true;
	return (st.kind == REPLY_SUCCESS ? reply_results(c,
	    ok->ar_results.proc, ok->ar_results.where, b) :
	    reply_refusal(c, &st, b)) == 0;
}

static struct xp_ops call_xp_ops = {
	.xp_recv = xprt_recv,
	.xp_stat = xprt_stat,
	.xp_getargs = xprt_getargs,
	.xp_reply = xprt_reply,
	.xp_freeargs = xprt_freeargs,
	.xp_destroy = xprt_destroy,
};

static struct xp_ops2 call_xp_ops2 = { .xp_control = xprt_control };

struct call *
call_new(struct worker *w, size_t args_size)
{
	struct call *c = calloc(1, sizeof(*c) + 2 * args_size);

	if (c == NULL)
		return NULL;
	c->worker = w;
	c->args = c + 1;
	c->result = (char *)(c + 1) + args_size;
	c->xprt.xp_ops = &call_xp_ops;
	c->xprt.xp_ops2 = &call_xp_ops2;
	c->xprt.xp_p3 = &c->ext;
	c->xprt.xp_verf.oa_base = c->verf;
	c->xprt.xp_addrlen = sizeof(struct sockaddr_in6);
	c->rq.rq_xprt = &c->xprt;
	c->sys.aup_machname = c->machine;
	c->sys.aup_gids = c->gids;
	list_init(&c->link);
	return c;
}

void
call_free(struct call *c)
{
	if (c == NULL)
		return;
	buf_release(&c->reply);
	free(c->copy);
	free(c);
}

void
call_reset(struct call *c)
{
	c->decoded = c->replied = c->deferred = c->in_handler = false;
}

__attribute__((noinline)) void
call_move(struct call *c, struct origin *o)
{
	struct counter *rows = counters_of(&c->worker->counters, o->mech);

	c->origin = o;
	c->xprt.xp_fd = o->fd;
	c->xprt.xp_netid = (char *)(uintptr_t)o->netid;
	c->xprt.xp_rtaddr.buf = &o->remote.ss;
	c->xprt.xp_rtaddr.len = o->remote.len;
	c->xprt.xp_rtaddr.maxlen = sizeof(o->remote.ss);
	if (o->remote.len <= sizeof(c->xprt.xp_raddr))
		memcpy(&c->xprt.xp_raddr, &o->remote.ss, o->remote.len);
	/* What was looked up for a head is of its mechanism. */
	if (c->count.of_mech != rows)
		repeat_forget(&c->repeat);
	c->count.of_mech = rows;
	c->envelope = o->envelope;
	c->mark = o->stream ? RECORD_MARK : 0;
}

void
call_set_head(struct call *c, const struct call_head *h)
{
	c->head_size = (uint32_t)h->size;
	c->rq.rq_prog = h->prog;
	c->rq.rq_vers = h->vers;
	c->rq.rq_proc = h->proc;
	c->rq.rq_cred.oa_flavor = (int)h->flavor;
	/* Without bytes it would point into a message that is gone, when the
	 * next call repeats this head. */
	c->rq.rq_cred.oa_base = h->cred_len > 0 ?
	    (char *)(uintptr_t)h->cred : NULL;
	c->rq.rq_cred.oa_length = h->cred_len;
	c->rq.rq_clntcred = NULL;	/* until auth_check() */
}

void
call_begin(struct call *c, const uint8_t *msg, size_t len)
{
	memcpy(&c->xid, msg, sizeof(c->xid));
	c->body = msg + c->head_size;
	c->body_len = len - c->head_size;
}

void
call_forget(struct call *c, const struct origin *o)
{
	if (c->origin == o)
		c->origin = NULL;
}

static __attribute__((noinline)) int
decode(struct call *c, bool lend)
{
	XDR xdr;

	memset(c->args, 0, c->row->len_arg);
	xbuf_decode(&xdr, c->body, c->body_len, lend);
	c->decoded = true;
	return xbuf_outcome(&xdr, c->row->xdr_arg(&xdr, c->args));
}

int
call_decode(struct call *c)
{
	if ((c->row->len_arg | c->row->len_res) == 0)
		return c->body_len == 0 ? 0 : -EBADMSG;
	if (c->row->len_res > 0) {
		memset(c->result, 0, c->row->len_res);
		c->decoded = true;
	}
	/* No argument: nothing to decode, and nothing may be left over. */
	if (c->row->len_arg == 0)
		return c->body_len == 0 ? 0 : -EBADMSG;
	return decode(c, true);
}

static __attribute__((noinline)) void
free_decoded(struct call *c)
{
	c->decoded = false;
	xbuf_free(c->row->xdr_arg, c->args, c->body, c->body_len);
	xbuf_free(c->row->xdr_res, c->result, c->body, c->body_len);
	free(c->copy);
	c->copy = NULL;
	budget_give(&c->worker->server->budget, c->charged);
	c->charged = 0;
}

void
call_end(struct call *c)
{
	if (c->decoded)
		free_decoded(c);
}

/* What arguments point into goes on to be another request's memory. */
static int
keep_arguments(struct call *c)
{
	struct budget *budget = &c->worker->server->budget;
	size_t charge = sizeof(*c) + c->body_len;
	uint8_t *copy;

	if (budget_take(budget, charge) != 0)
		return -ENOBUFS;
	copy = malloc(c->body_len + 1);
	if (copy == NULL) {
		budget_give(budget, charge);
		return -ENOMEM;
	}
	c->charged = charge;
	c->reply.budget = budget;
	if (c->body_len > 0)
		memcpy(copy, c->body, c->body_len);
	xbuf_free(c->row->xdr_arg, c->args, c->body, c->body_len);
	c->copy = copy;
	c->body = copy;
	return decode(c, true);
}

bool
call_can_defer(struct svc_req *rq)
{
	return rq->rq_xprt->xp_ops == &call_xp_ops;
}

bool
call_may_linger(struct svc_req *rq)
{
	const struct call *c = container_of(rq, struct call, rq);
	const struct worker *w = c->worker;

	return c->origin->stream ||
	    w->ndatagrams < (w->server->limits.deferred + 1) / 2;
}

size_t
call_reply_max(struct svc_req *rq)
{
	return container_of(rq, struct call, rq)->origin->reply_max;
}

struct call *
call_defer(struct svc_req *rq)
{
	return call_defer_large(rq, 0);
}

struct call *
call_defer_large(struct svc_req *rq, size_t n)
{
	struct call *c = container_of(rq, struct call, rq);

	c->held = c->body_len + n;
	if (keep_arguments(c) != 0 || worker_defer(c) != 0)
		return NULL;
	/* The credential was in the message, which is not kept. */
	c->rq.rq_cred.oa_base = NULL;
	c->rq.rq_cred.oa_length = 0;
	c->deferred = c->in_handler = true;
	c->count.outcome = OUTCOME_NO_REPLY;
	return c;
}

void
call_drop(struct call *c)
{
	atomic_store_explicit(&c->is_dropped, true, memory_order_relaxed);
	if (c->dropped != NULL)
		c->dropped(c);
}

bool
call_is_dropped(const struct call *c)
{
	return atomic_load_explicit(&c->is_dropped, memory_order_relaxed);
}

void *
call_result(struct call *c)
{
	return c->result;
}

void
call_reply(struct call *c)
{
	/* Without memory for it the reply is lost: the peer is closed. */
	if (!c->replied && reply_result(c, &c->reply) != 0)
		buf_release(&c->reply);
	worker_answered(c);
}
