/*
 * Adaptive polling: see spin.h. Called by the worker's idle hook.
 */
#include "server/spin.h"

#include "clock.h"
#include "server/peer.h"
#include "server/worker.h"

enum {
	MIN_NS = 2000,		/* a poll shorter than this finds nothing */
	PREEMPTED_NS = 100000,	/* between two looks: we lost the core */
	REST_MS = 100,		/* after that, or when polls stay in vain */
	CALLS_PER_POLL = 256,	/* then other descriptors get a look */
};

void
spin_init(struct spin *s, int us, unsigned ncpus)
{
	if (us == SPIN_AUTO)
		us = ncpus > 1 ? SPIN_AUTO_US : 0;
	s->limit_ns = s->budget_ns = (uint64_t)us * NS_PER_US;
	s->resume = 0;
	s->hot = NULL;
	s->served = 0;
}

void
spin_served(struct spin *s, struct peer *p)
{
	if (s->hot != p) {
		s->hot = p;
		s->served++;
	}
}

void
spin_forget(struct spin *s, struct peer *p)
{
	if (s->hot == p)
		s->hot = NULL;
}

struct peer *
spin_only(struct spin *s)
{
	struct peer *p = s->served == 1 ? s->hot : NULL;

	s->served = 0;
	s->hot = NULL;
	return p;
}

static void
cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

static void
in_vain(struct spin *s, uint64_t now, bool preempted)
{
	s->budget_ns /= 2;
	if (preempted || s->budget_ns < MIN_NS) {
		s->budget_ns = s->limit_ns;
		s->resume = now + REST_MS * NS_PER_MS;
	}
}

/* Looks until p sends, or until the budget or the next timer ends it. */
static bool
poll_once(struct worker *w, struct peer *p)
{
	struct spin *s = &w->spin;
	uint64_t start = clock_ns(), now = start, last;

	do {
		if (peer_read(p))
			return true;
		if (p->closed)
			return false;
		cpu_relax();
		last = now;
		now = clock_ns();
	} while (now - last < PREEMPTED_NS && now - start < s->budget_ns &&
	    now < timers_next(&w->loop.timers));
	w->loop.now = now;
	in_vain(s, now, now - last >= PREEMPTED_NS);
	return false;
}

__attribute__((noinline)) bool
spin_poll(struct worker *w)
{
	struct spin *s = &w->spin;
	struct peer *p = spin_only(s);
	unsigned calls = 0;

	if (p == NULL || s->limit_ns == 0 || p->closed || p->paused ||
	    w->loop.now < s->resume)
		return false;
	while (calls < CALLS_PER_POLL && !p->closed && !p->paused &&
	    poll_once(w, p)) {
		s->budget_ns = s->limit_ns;
		calls++;
		w->loop.now = clock_ns();
	}
	return calls > 0;
}
