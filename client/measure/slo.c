/*
 * The search of slo.h. Called by search.c.
 */
#include "measure/slo.h"

#include <errno.h>
#include <math.h>

enum { TRIES = 3, MAJORITY = 2 };

/* An edge between two rates is known when they are that close. */
static const double close_enough = 1.05;

struct search {
	slo_trial *trial;
	void *arg;
	struct slo_outcome *out;
	int err;
};

/* Once; false when it fails, or there is no trial left. */
static bool
once(struct search *s, uint64_t rate)
{
	bool holds = false;

	if (s->err == 0 && s->out->trials == SLO_TRIALS_MAX)
		s->err = -E2BIG;
	if (s->err == 0) {
		s->out->trials++;
		s->err = s->trial(s->arg, rate, &holds);
	}
	return s->err == 0 && holds;
}

/* More trials of a rate that was tried once, until most agree. */
static bool
again(struct search *s, uint64_t rate, bool first)
{
	unsigned held = first, tried = 1;

	while (s->err == 0 && held < MAJORITY && tried - held < MAJORITY &&
	    tried < TRIES) {
		held += once(s, rate);
		tried++;
	}
	s->out->held = held;
	s->out->tried = tried;
	return s->err == 0 && held >= MAJORITY;
}

/* Up in doublings from what holds: true once something breaks. */
static bool
climb(struct search *s, uint64_t high)
{
	struct slo_outcome *o = s->out;

	while (s->err == 0 && o->breaks == 0 && o->holds < high) {
		uint64_t next = o->holds < high / 2 ? 2 * o->holds : high;

		if (once(s, next))
			o->holds = next;
		else if (s->err == 0)
			o->breaks = next;
	}
	return o->breaks > 0;
}

static bool
close_together(const struct slo_outcome *o)
{
	return o->breaks - o->holds <= 1 ||
	    (double)o->breaks <= close_enough * (double)o->holds;
}

static void
bisect(struct search *s)
{
	struct slo_outcome *o = s->out;

	while (s->err == 0 && !close_together(o)) {
		uint64_t middle = (uint64_t)sqrt((double)o->holds *
		    (double)o->breaks);

		if (middle <= o->holds)
			middle = o->holds + 1;
		if (once(s, middle))
			o->holds = middle;
		else if (s->err == 0)
			o->breaks = middle;
	}
}

/*
 * What held once by luck gives way, down to the lowest, which held before;
 * of what is stepped down to it is the first trial that is due.
 */
static void
settle(struct search *s, uint64_t low)
{
	struct slo_outcome *o = s->out;
	const struct slo_outcome lowest = *o;
	bool first = true;

	while (s->err == 0 && o->holds > low) {
		if (again(s, o->holds, first) || s->err != 0)
			return;
		o->breaks = o->holds;
		o->holds = (uint64_t)((double)o->holds / close_enough);
		if (o->holds < low)
			o->holds = low;
		if (o->holds > low)
			first = once(s, o->holds);
	}
	o->held = lowest.held;
	o->tried = lowest.tried;
}

int
slo_search(uint64_t low, uint64_t high, slo_trial *trial, void *arg,
    struct slo_outcome *out)
{
	struct search s = { .trial = trial, .arg = arg, .out = out };

	*out = (struct slo_outcome){ 0 };
	if (!again(&s, low, once(&s, low))) {
		out->end = SLO_LOWEST_BREAKS;
		out->breaks = low;
		return s.err;
	}
	out->holds = low;
	if (climb(&s, high))
		bisect(&s);
	settle(&s, low);
	out->end = out->breaks == 0 ? SLO_HIGHEST_HOLDS : SLO_FOUND;
	if (s.err != -E2BIG)
		return s.err;
	out->end = SLO_UNSETTLED;
	return 0;
}
