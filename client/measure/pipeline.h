/*
 * Many calls outstanding on one connection: as many replies as have come are
 * taken, and as many new calls leave in one write.
 */
#ifndef RPCALL_PIPELINE_H
#define RPCALL_PIPELINE_H

#include <stdint.h>

#include "measure/hist.h"
#include "measure/result.h"
#include "measure/subject.h"

/* What a phase of a round did. */
struct tally {
	uint64_t calls_min;	/* go on until there were as many */
	uint64_t calls;
	uint64_t lost;		/* of those: without an answer */
	uint64_t busy_ns;	/* in calls (one outstanding), or wall time */
	uint64_t between_ns;	/* checking answers, between calls */
};

/*
 * Keeps outstanding calls under way for ns nanoseconds, then takes what is
 * left. Latency counts from the write that a call left in. 0 or -errno.
 */
int pipeline_run(struct conn *c, struct work *w, unsigned outstanding,
    uint64_t ns, struct row *row, struct hist *h, struct tally *t);

#endif
