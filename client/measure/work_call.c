/*
 * The workload "call": any procedure of any server, with arguments that
 * templates make different. An answer is right when the server accepted the
 * call and its result is one of its type; every other one is counted, by kind.
 * Of a server of ours its own counts say how many calls came, with how many
 * bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "measure/call_plan.h"
#include "measure/work.h"

enum {
	/* Heads of messages, without the credential of a call. */
	RPC_CALL = 40, RPC_REPLY = 24, LEAN_CALL = 16, LEAN_REPLY = 8,
};

struct state {
	struct call_plan *plan;
	/* Beyond what the one request says of each call; modulo 2^64. */
	uint64_t carried, brought;
	uint64_t failed[FAILED_KINDS];
	char verified[WORK_TEXT_MAX];
};

static const char *
call_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	struct state *st = w->state;
	unsigned kind = r->status.kind;

	if (kind == REPLY_SUCCESS &&
	    !call_plan_accepts(st->plan, r->body, r->len))
		kind = FAILED_BAD_RESULT;
	if (kind != REPLY_SUCCESS)
		st->failed[kind]++;
	st->brought += r->len - rq->brings;
	return NULL;
}

static int
call_freshen(struct work *w, struct request *rq)
{
	struct state *st = w->state;
	st->plan->draws.connection = w->connection;
	if (call_plan_next(st->plan, rq->args, &rq->args_len) != 0) {
		w->stopped = st->plan->stencil.wrong;
		return -ERANGE;
	}
	st->carried += rq->args_len - rq->carries;
	return 0;
}

static void
say_verified(struct work *w, struct state *st)
{
	const struct calling *c = &st->plan->calling;
	char type[64] = "void";

	if (c->result.n > 0)
		type_describe(c->result_type, type, sizeof(type));
	if (st->plan->checked)
		snprintf(st->verified, sizeof(st->verified), "accepted, "
		    "and the result is %s", type);
	else
		snprintf(st->verified, sizeof(st->verified), "accepted; the "
		    "result is not looked into");
	w->verified = st->verified;
}

static int
call_init(struct work *w)
{
	struct call_plan *p = w->spec.call;
	const struct procedure *proc = &p->calling.proc;
	struct state *st = calloc(1, sizeof(*st));
	struct request *rq;
	int err = st ? work_allocate(w, 1, p->stencil.room) : -ENOMEM;

	w->state = st;
	if (err)
		return err;
	st->plan = p;
	w->prog = proc->prog;
	w->vers = proc->vers;
	w->name = w->label = proc->name;
	w->wrong = call_wrong;
	say_verified(w, st);
	rq = &w->requests[0];
	rq->proc = proc->number;
	memcpy(rq->args, p->stencil.image.data, p->stencil.image.len);
	rq->args_len = p->stencil.image.len;
	rq->carries = (uint32_t)p->stencil.image.len;
	rq->brings = p->result_len;
	w->size = rq->carries;
	return 0;
}

static void
call_did(struct work *w, struct work_done *d)
{
	struct state *st = w->state;

	d->carried += st->carried;
	d->brought += st->brought;
	for (unsigned i = 0; i < FAILED_KINDS; i++)
		d->failed[i] += st->failed[i];
	st->carried = st->brought = 0;
	memset(st->failed, 0, sizeof(st->failed));
}

/* The server counts whole messages; their heads are known. */
static int
call_account(struct work *w, struct conn *c, struct ledger *l)
{
	bool rpc = c->envelope == &rpcmsg_envelope;
	uint64_t call = rpc ? RPC_CALL + xdr_padded(c->cred_len) : LEAN_CALL;

	(void)w;
	l->bytes_in -= l->calls * call;
	l->bytes_out -= l->calls * (rpc ? RPC_REPLY : LEAN_REPLY);
	l->counts_bytes = l->counts_calls;
	return 0;
}

static void
call_release(struct work *w)
{
	free(w->state);
}

const struct work_ops work_call = {
	.name = "call",
	.about = "any PROCEDURE, with arguments in JSON; see below",
	.sizes = "0",
	.any_server = true,
	.init = call_init, .freshen = call_freshen, .did = call_did,
	.account = call_account, .release = call_release,
};
