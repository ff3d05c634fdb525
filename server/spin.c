/*
 * Polling for the next call: see spin.h. Called by the worker's idle hook.
 */
#include "server/spin.h"

#include <stddef.h>

#include "server/worker.h"

enum {
	CALLS_PER_POLL = 256,	/* then other descriptors get a look */
	ALONE_MIN = 8,		/* passes with one source before it is polled */
};

void
spin_init(struct spin *s, int us)
{
	*s = (struct spin){ 0 };
	polling_init(&s->polling, us == SPIN_AUTO ? polling_auto_ns() :
	    (uint64_t)us * NS_PER_US);
}

void
spin_served(struct spin *s, struct spin_source *hot)
{
	if (s->hot != hot) {
		s->hot = hot;
		s->served++;
	}
}

void
spin_forget(struct spin *s, struct spin_source *gone)
{
	if (s->hot == gone)
		s->hot = NULL;
	if (s->last == gone)
		s->last = NULL;
}

struct spin_source *
spin_only(struct spin *s)
{
	struct spin_source *only = s->served == 1 ? s->hot : NULL;

	s->served = 0;
	s->hot = NULL;
	return only;
}

/* While one of several is polled, calls of the others wait: has s been the only
 * one for a while? */
static bool
is_alone(struct spin *sp, struct spin_source *s)
{
	if (s == NULL || s != sp->last) {
		sp->last = s;
		sp->streak = 0;
		return false;
	}
	if (sp->streak < ALONE_MIN)
		sp->streak++;
	return sp->streak == ALONE_MIN;
}

/* Looks until a call comes, or until the budget or the next timer ends it:
 * as look(). */
static int
await_call(struct worker *w, struct spin_source *s)
{
	struct polling *p = &w->spin.polling;
	int n;

	if (!polling_begin(p))
		return -1;
	while ((n = s->look(s)) == 0)
		if (!polling_again(p) || p->now >= timers_next(&w->loop.timers))
			return -1;
	return n;
}

__attribute__((noinline)) bool
spin_poll(struct worker *w)
{
	struct spin_source *s = spin_only(&w->spin);
	struct polling *p = &w->spin.polling;
	unsigned calls = 0;
	uint64_t then;
	int served;

	if (!is_alone(&w->spin, s))
		return false;
	while (calls < CALLS_PER_POLL && (served = await_call(w, s)) > 0) {
		calls += (unsigned)served;
		/* The wait itself may be long. */
		then = p->looks > 0 ? p->now : w->loop.now;
		w->loop.now = clock_ns();
		polling_found(p);
		if (polling_was_away(then, w->loop.now))
			polling_rest(p);
	}
	return calls > 0;
}
