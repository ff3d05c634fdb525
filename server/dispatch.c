/*
 * Dispatch over rpcgen's tables: see dispatch.h. Called by peer.c for each
 * record and by mech_udp.c for each datagram.
 */
#include "server/dispatch.h"

#include <errno.h>

#include "server/auth.h"
#include "server/call.h"
#include "server/counters.h"
#include "server/reply.h"
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

/* Answers without results. */
static int
refuse(struct worker *w, struct call *c, const struct reply_status *st)
{
	int err = reply_refusal(c, st, &w->out);

	counters_answer(c);
	return err;
}

/*
 * A head unlike the last one: 0 when its call is to be run, 1 when that was
 * refused, or -errno.
 */
static __attribute__((noinline)) int
examine(struct worker *w, struct call *c, const uint8_t *msg, size_t len)
{
	struct reply_status st = { .kind = REPLY_SUCCESS };
	struct call_head h;
	int err = c->envelope->parse_call(msg, len, &h, &st);

	repeat_forget(&c->repeat);
	if (err < 0) {
		counters_not_a_call(w, c->origin->mech, len);
		return err;
	}
	c->xid = htobe32(h.xid);
	if (err == 0) {
		call_set_head(c, &h);
		if (admit(c, &h, &st)) {
			repeat_keep(&c->repeat, msg, h.size);
			return 0;
		}
	}
	c->count.row = c->count.of_mech;	/* of what found no procedure */
	counter_call(c->count.row, len);
	err = refuse(w, c, &st);
	return err ? err : 1;
}

/* The arguments are none. */
static __attribute__((noinline)) int
refuse_arguments(struct worker *w, struct call *c, int err)
{
	struct reply_status st = { .kind = err == -ENOMEM ? REPLY_SYSTEM_ERR :
		REPLY_GARBAGE_ARGS };

	return refuse(w, c, &st);
}

/* The handler has not left a result to be answered with. */
static __attribute__((noinline)) int
end_otherwise(struct worker *w, struct call *c)
{
	c->in_handler = false;
	counters_no_answer(w, c);
	return 0;
}

/* Runs the handler, and answers with what it left. */
static inline int
run(struct worker *w, struct call *c)
{
	int err = call_decode(c);

	if (err != 0)
		return refuse_arguments(w, c, err);
	if (!c->row->proc(c->args, c->result, &c->rq) || c->replied ||
	    c->deferred)
		return end_otherwise(w, c);
	err = reply_result(c, &w->out);
	counters_answer(c);
	return err;
}

int
dispatch(struct worker *w, struct origin *o, const uint8_t *msg, size_t len)
{
	struct call *c = w->call;
	int err;

	call_reset(c);
	if (c->origin != o)
		call_move(c, o);
	if (!repeat_is(&c->repeat, msg, len)) {
		err = examine(w, c, msg, len);
		if (err != 0)
			return err < 0 ? err : 0;
	}
	call_begin(c, msg, len);
	counter_begin(c->count.row, c, len);
	err = run(w, c);
	if (c->decoded && !c->deferred)
		call_end(c);
	return err;
}
