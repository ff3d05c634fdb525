/*
 * Dispatch over rpcgen's tables: see dispatch.h. Called by peer.c for each
 * record and by mech_udp.c for each datagram.
 */
#include "server/dispatch.h"

#include <errno.h>

#include "server/auth.h"
#include "server/call.h"
#include "server/service.h"
#include "server/worker.h"

/* Widens low..high by version v. */
static void
add_version(struct reply_status *st, uint32_t v)
{
	if (st->kind != REPLY_PROG_MISMATCH) {
		st->kind = REPLY_PROG_MISMATCH;
		st->low = st->high = v;
	}
	if (v < st->low)
		st->low = v;
	if (v > st->high)
		st->high = v;
}

/* The row of a procedure; NULL with what to answer in *st. */
static const struct rpcgen_table *
find_row(const struct call_head *h, struct reply_status *st)
{
	st->kind = REPLY_PROG_UNAVAIL;
	for (unsigned i = 0; i < nservices; i++) {
		const struct service *s = &services[i];

		if (s->prog != h->prog)
			continue;
		if (s->vers != h->vers) {
			add_version(st, s->vers);
			continue;
		}
		if (h->proc < s->nrows && s->rows[h->proc].proc != NULL)
			return &s->rows[h->proc];
		st->kind = REPLY_PROC_UNAVAIL;
		return NULL;
	}
	return NULL;
}

/* Runs the handler: true when the result is to be answered with *st. */
static bool
run(struct call *c, struct reply_status *st)
{
	bool answer;

	if (call_decode(c) != 0) {
		st->kind = REPLY_GARBAGE_ARGS;
		return true;
	}
	st->kind = REPLY_SUCCESS;
	answer = c->row->proc(c->args, c->result, &c->rq);
	if (answer && !c->replied && !c->deferred)
		return true;
	c->in_handler = false;
	return false;
}

/* What is to be answered without running anything: 1 with *st, else 0. */
static int
refuse(struct call *c, const struct call_head *h, struct reply_status *st)
{
	enum auth_stat why = h->flavor == AUTH_NONE ? AUTH_OK :
	    auth_check(c, h);

	/* Procedure 0 answers whoever asks (RFC 5531 section 12.1). */
	if (why != AUTH_OK && h->proc != NULLPROC) {
		st->kind = REPLY_AUTH_ERROR;
		st->auth = why;
		return 1;
	}
	c->row = find_row(h, st);
	return c->row == NULL;
}

int
dispatch(struct worker *w, struct origin *o, const uint8_t *msg, size_t len)
{
	struct call *c = w->call;
	struct reply_status st = { .kind = REPLY_SUCCESS };
	struct call_head h;
	bool answer = true;
	int err = o->envelope->parse_call(msg, len, &h, &st);

	if (err < 0)
		return err;
	call_begin(c, o, &h);
	if (err == 0 && !refuse(c, &h, &st)) {
		c->body = msg + h.size;
		c->body_len = len - h.size;
		answer = run(c, &st);
	}
	err = 0;
	if (answer && !(o->broadcast && st.kind != REPLY_SUCCESS))
		err = call_encode(c, &st, &w->out);
	if (c->decoded && !c->deferred)
		call_end(c);
	return err;
}
