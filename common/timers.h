/*
 * Timers in a binary heap, on clock_ns(). A timer is embedded in its owner;
 * zeroed memory is a timer that is not set. One thread per heap.
 */
#ifndef RPCALL_TIMERS_H
#define RPCALL_TIMERS_H

#include <stddef.h>
#include <stdint.h>

struct timer {
	uint64_t when;		/* clock_ns() at which it fires */
	size_t slot;		/* place in the heap plus 1; 0 when not set */
	void (*fire)(struct timer *t, uint64_t now);
};

struct timers {
	struct timer **heap;
	size_t count, cap;
	unsigned sets;		/* how often one was set */
};

void timers_release(struct timers *ts);

/* Sets or moves t: 0 or -ENOMEM. t->fire has been set by the owner. */
int timer_set(struct timers *ts, struct timer *t, uint64_t when);

/* Legal on a timer that is not set. */
void timer_clear(struct timers *ts, struct timer *t);

/* Fires, in order, all that are due; each is cleared before it fires. */
void timers_run(struct timers *ts, uint64_t now);

/* When the next one is due; UINT64_MAX when none is set. */
static inline uint64_t
timers_next(const struct timers *ts)
{
	return ts->count > 0 ? ts->heap[0]->when : UINT64_MAX;
}

#endif
