/*
 * The books of an open loop: see paced.h.
 */
#include "measure/paced.h"

#include "clock.h"
#include "measure/pace.h"

void
paced_init(struct paced *p)
{
	p->scheduled = p->missed = p->held = p->unsent = 0;
	hist_init(&p->service);
	hist_init(&p->pacing);
}

void
paced_merge(struct paced *into, const struct paced *from)
{
	into->scheduled += from->scheduled;
	into->missed += from->missed;
	into->held += from->held;
	into->unsent += from->unsent;
	hist_merge(&into->service, &from->service);
	hist_merge(&into->pacing, &from->pacing);
}

void
paced_sent(struct paced *p, uint64_t due, uint64_t now, bool held)
{
	bool missed = now - due > PACE_TOLERANCE_US * NS_PER_US;

	p->scheduled++;
	p->missed += missed;
	p->held += missed && held;
	if (!held)
		hist_record(&p->pacing, now - due);
}
