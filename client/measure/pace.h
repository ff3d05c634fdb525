/*
 * Waiting for a moment, to the microsecond: sleep until shortly before it,
 * then look at the clock until it is there.
 */
#ifndef RPCALL_PACE_H
#define RPCALL_PACE_H

#include <stdint.h>

enum {
	PACE_SPIN_US = 50,	/* a sleep may end that late */
	PACE_TOLERANCE_US = 50,	/* later than that, a call missed its time */
};

/* Sleeps of this thread end on time from now on, not up to 50 us later. */
void pace_begin(void);

/*
 * Returns at due (of clock_ns()), or at once where that is past; -EINTR after
 * Ctrl-C. The last spin_ns are spent looking at the clock. Adds to *asleep the
 * ns that it slept.
 */
int pace_until(uint64_t due, uint64_t spin_ns, uint64_t *asleep);

#endif
