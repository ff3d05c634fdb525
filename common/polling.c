/*
 * Adaptive polling: see polling.h. Called by the client engine and by the
 * server's workers.
 */
#include "polling.h"

#include <unistd.h>

enum {
	MIN_NS = 2000,		/* a wait shorter than this finds nothing */
	AWAY_NS = 500000,	/* between two readings: another had the core, as
				 * a hypervisor alone seldom takes it so long */
	REST_MIN_MS = 1,	/* after that, or when waits stay in vain; */
	REST_MAX_MS = 100,	/* the last one doubled, ... */
	SOON = 10,		/* ... if it was within so many times it */
	LOOKS_PER_READING = 8,	/* the clock costs a part of a look */
};

void
polling_init(struct polling *p, uint64_t limit_ns)
{
	*p = (struct polling){ .limit_ns = limit_ns, .budget_ns = limit_ns };
}

/*
 * Of the machine's cores, not of those that we may run on: a peer that is
 * bound to the same one is found out by waits in vain.
 */
uint64_t
polling_auto_ns(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1 ?
	    POLLING_AUTO_US * NS_PER_US : 0;
}

uint64_t
polling_next_rest(uint64_t rest_ns, uint64_t since_ns)
{
	if (since_ns >= SOON * rest_ns)
		return REST_MIN_MS * NS_PER_MS;
	return rest_ns * 2 < REST_MAX_MS * NS_PER_MS ? rest_ns * 2 :
	    REST_MAX_MS * NS_PER_MS;
}

void
polling_rest(struct polling *p)
{
	uint64_t now = clock_ns();

	p->budget_ns = p->limit_ns;
	p->rest_ns = polling_next_rest(p->rest_ns, now - p->rested);
	p->resume = p->rested = now + p->rest_ns;
}

bool
polling_was_away(uint64_t then, uint64_t now)
{
	return now - then >= AWAY_NS;
}

bool
polling_again(struct polling *p)
{
	uint64_t then = p->now;

	if (p->looks++ % LOOKS_PER_READING != 0)
		return true;
	p->now = clock_ns();
	if (p->looks == 1) {
		p->began = p->now;
		return true;
	}
	if (!polling_was_away(then, p->now) &&
	    p->now - p->began < p->budget_ns)
		return true;
	p->budget_ns /= 2;
	if (polling_was_away(then, p->now) || p->budget_ns < MIN_NS)
		polling_rest(p);
	return false;
}
