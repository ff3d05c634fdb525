/*
 * Counters of a worker: see counters.h. Called by dispatch.c and worker.c.
 */
#include "server/counters.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "server/call.h"
#include "server/service.h"
#include "server/worker.h"

int
counters_init(struct counters *cs)
{
	cs->slots = services_slots();
	/* Pages of what is never called are never touched. */
	cs->rows = calloc((size_t)cs->slots * MECH_COUNT, sizeof(*cs->rows));
	return cs->rows != NULL ? 0 : -ENOMEM;
}

void
counters_release(struct counters *cs)
{
	free(cs->rows);
	cs->rows = NULL;
}

__attribute__((noinline)) void
counter_time(struct counter *k, struct call *c)
{
	c->count.weight = k->weight + 1;
	/* This one has been counted already. */
	k->weight = k->calls < COUNTERS_TIMED ? 0 : COUNTERS_EVERY - 1;
	k->gap = (int32_t)k->weight;
	c->count.began = clock_ns();
}

/* As many calls as c stands for took as long as c. */
static void
add_time(struct counter *k, struct call *c)
{
	uint64_t ns = clock_ns() - c->count.began;

	tally_add(&k->timed[latency_bucket(ns)], c->count.weight);
	tally_add(&k->timed_ns, ns * c->count.weight);
	c->count.weight = 0;
}

/* More is to be said of c than that it was answered. */
static __attribute__((noinline)) void
end(struct counter *k, struct call *c)
{
	if (c->count.outcome != OUTCOME_NO_REPLY)
		tally_add(&k->bytes_out, c->count.reply_len);
	if (c->count.outcome != REPLY_SUCCESS)
		tally_add(&k->outcomes[c->count.outcome], 1);
	if (c->count.weight != 0)
		add_time(k, c);
}

void
counters_answer(struct call *c)
{
	if (__builtin_expect((c->count.outcome | c->count.weight) != 0, 0))
		end(c->count.row, c);
	else
		tally_add(&c->count.row->bytes_out, c->count.reply_len);
}

void
counters_no_answer(struct worker *w, struct call *c)
{
	/* Another thread may be answering it by now: not looked at. */
	if (c->deferred) {
		tally_add(&w->counters.deferred, 1);
		return;
	}
	if (!c->replied)
		c->count.outcome = OUTCOME_NO_REPLY;
	end(c->count.row, c);
}

void
counters_answered(struct worker *w, struct call *c)
{
	tally_add(&w->counters.answered, 1);
	end(c->count.row, c);
}

void
counters_not_a_call(struct worker *w, enum mech_id mech, size_t n)
{
	struct counter *k = counters_of(&w->counters, mech);

	counter_call(k, n);
	tally_add(&k->outcomes[OUTCOME_NOT_A_CALL], 1);
}
