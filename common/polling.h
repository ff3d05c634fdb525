/*
 * Adaptive polling: looking for what a peer sends for a short time before
 * sleeping, because waking a sleeping process costs more than a call. It pays
 * for itself or stops: a wait in vain halves the time of the next, and having
 * been off the core meanwhile (cores are short) stops it for a while, and for
 * longer when that happens again soon.
 *
 *	if (polling_begin(p))
 *		do
 *			if (look()) { polling_found(p); ... }
 *		while (polling_again(p));
 *
 * Both ends have one each: the server's workers and the client's connections.
 */
#ifndef RPCALL_POLLING_H
#define RPCALL_POLLING_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

enum { POLLING_AUTO_US = 50 };

struct polling {
	uint64_t limit_ns;	/* longest wait; 0: never */
	uint64_t budget_ns;	/* of this one, 0 to limit_ns */
	uint64_t resume;	/* clock_ns() before which it rests, or 0 */
	uint64_t rest_ns;	/* the last rest, ... */
	uint64_t rested;	/* ... and when it ended */
	uint64_t began, now;	/* this wait; clock_ns() when last read */
	unsigned looks;		/* in vain, in this wait */
};

void polling_init(struct polling *p, uint64_t limit_ns);

/* POLLING_AUTO_US in ns where another core may be the peer's, else 0. */
uint64_t polling_auto_ns(void);

/* May one wait by polling now? */
static inline bool
polling_begin(struct polling *p)
{
	p->looks = 0;
	if (p->resume != 0 && clock_ns() < p->resume)
		return false;
	p->resume = 0;
	return p->limit_ns != 0;
}

/* After a look that found nothing: another one? */
bool polling_again(struct polling *p);

/* After one that did. */
static inline void
polling_found(struct polling *p)
{
	p->budget_ns = p->limit_ns;
}

/* The core was not ours for a time, or calls are so long that a wake-up is
 * nothing beside them: no polling for a while. */
void polling_rest(struct polling *p);

/* How long to rest, since ns after a rest of so long. */
uint64_t polling_next_rest(uint64_t rest_ns, uint64_t since_ns);

/* Were now and then so far apart that polling_rest() is due? */
bool polling_was_away(uint64_t then, uint64_t now);

#endif
