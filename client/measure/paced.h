/*
 * What an open loop counts beside its latencies. Latency proper is response
 * time: from when a call was due. Service time is from when it left. Both are
 * of the same calls, each recorded as it was, neither made from the other.
 */
#ifndef RPCALL_PACED_H
#define RPCALL_PACED_H

#include <stdbool.h>

#include "measure/hist.h"

struct paced {
	uint64_t scheduled;	/* calls that were due */
	uint64_t missed;	/* left over PACE_TOLERANCE_US late, or never */
	uint64_t held;		/* of those: waited for answers to others */
	uint64_t unsent;	/* of those: were still waiting at the end */
	struct hist service;	/* from the actual send */
	struct hist pacing;	/* lateness of calls that were not held */
};

void paced_init(struct paced *p);
void paced_merge(struct paced *into, const struct paced *from);

/* A call that was due then left now; held: it could not leave at its time. */
void paced_sent(struct paced *p, uint64_t due, uint64_t now, bool held);

#endif
