/*
 * Dispatch over rpcgen's tables: see dispatch.h. Called by peer.c for each
 * record and by mech_udp.c for each datagram.
 */
#include "server/dispatch.h"

#include <errno.h>

#include "server/auth.h"
#include "server/call.h"
#include "server/counters.h"
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

static __attribute__((noinline)) const struct service *
find_service(const struct call_head *h, struct reply_status *st)
{
	st->kind = REPLY_PROG_UNAVAIL;
	for (unsigned i = 0; i < nservices; i++) {
		if (services[i].prog != h->prog)
			continue;
		if (services[i].vers == h->vers)
			return &services[i];
		add_version(st, services[i].vers);
	}
	return NULL;
}

/* Finds c's row and counter: false with what to answer in *st. */
static bool
find_row(struct call *c, const struct call_head *h, struct reply_status *st)
{
	const struct service *s = c->service;

	/* Most calls are for what the worker's last one was for. */
	if (s == NULL || s->prog != h->prog || s->vers != h->vers) {
		s = find_service(h, st);
		if (s == NULL)
			return false;
		c->service = s;
	}
	if (h->proc >= s->nrows || s->rows[h->proc].proc == NULL) {
		st->kind = REPLY_PROC_UNAVAIL;
		return false;
	}
	c->row = &s->rows[h->proc];
	c->count.row = c->count.of_mech + s->slot + h->proc;
	return true;
}

/* Runs the handler: true when the result is to be answered with *st. */
static bool
run(struct call *c, struct reply_status *st)
{
	int err = call_decode(c);
	bool answer;

	if (err != 0) {
		st->kind = err == -ENOMEM ? REPLY_SYSTEM_ERR :
		    REPLY_GARBAGE_ARGS;
		return true;
	}
	st->kind = REPLY_SUCCESS;
	answer = c->row->proc(c->args, c->result, &c->rq);
	if (answer && !c->replied && !c->deferred)
		return true;
	c->in_handler = false;
	return false;
}

/* Is c to be run? Else false with what is to be answered in *st. */
static bool
admit(struct call *c, const struct call_head *h, struct reply_status *st)
{
	enum auth_stat why = h->flavor == AUTH_NONE ? AUTH_OK :
	    auth_check(c, h);

	/* Procedure 0 answers whoever asks (RFC 5531 section 12.1). */
	if (why != AUTH_OK && h->proc != NULLPROC) {
		st->kind = REPLY_AUTH_ERROR;
		st->auth = why;
		return false;
	}
	return find_row(c, h, st);
}

int
dispatch(struct worker *w, struct origin *o, const uint8_t *msg, size_t len)
{
	struct call *c = w->call;
	struct reply_status st = { .kind = REPLY_SUCCESS };
	struct call_head h;
	bool answer = true;
	int err = o->envelope->parse_call(msg, len, &h, &st);

	if (err < 0) {
		counters_not_a_call(w, o->mech, len);
		return err;
	}
	call_begin(c, o, &h);
	if (err == 0 && admit(c, &h, &st)) {
		counter_begin(c->count.row, c, len);
		c->body = msg + h.size;
		c->body_len = len - h.size;
		answer = run(c, &st);
	} else {
		c->count.row = c->count.of_mech;	/* of what found no procedure */
		counter_call(c->count.row, len);
	}
	err = 0;
	if (answer && !(o->broadcast && st.kind != REPLY_SUCCESS)) {
		err = call_encode(c, &st, &w->out);
		counters_answer(c);
	} else
		counters_no_answer(w, c);
	if (c->decoded && !c->deferred)
		call_end(c);
	return err;
}
