/*
 * When calls are due in an open loop: at a rate, whatever the answers do.
 * Evenly, or as a Poisson process (gaps drawn from an exponential
 * distribution by a seed). Times are absolute, so an error never adds up.
 */
#ifndef RPCALL_SCHEDULE_H
#define RPCALL_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum { SCHEDULE_RATE_MAX = 10000000 };

struct schedule {
	uint64_t start;		/* ns of clock_ns() */
	uint64_t rate;		/* calls per second, 1 to SCHEDULE_RATE_MAX */
	bool poisson;
	uint64_t random;	/* state of the generator */
	uint64_t index;		/* of the call that is due next */
	double elapsed;		/* ns from start to Poisson's next */
	uint64_t due;		/* when the next call is due */
};

/* The first call is due at start. */
void schedule_init(struct schedule *s, uint64_t rate, bool poisson,
    uint64_t seed, uint64_t start);

/* Moves on to the call after the one that is due. */
void schedule_advance(struct schedule *s);

/* "20000", "20k", "1.5M": calls per second; 0 or -EINVAL. */
int schedule_rate(const char *text, uint64_t *rate);

#endif
