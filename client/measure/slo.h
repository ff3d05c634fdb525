/*
 * The search for the highest rate at which something still holds, by trying:
 * up from the lowest in doublings until it breaks, then halving the gap until
 * that is 5 %; what stands at the edge is tried again, and has to hold in two
 * of three trials. Pure: who calls it says how a rate is tried.
 */
#ifndef RPCALL_SLO_H
#define RPCALL_SLO_H

#include <stdbool.h>
#include <stdint.h>

enum { SLO_TRIALS_MAX = 60 };

enum slo_end {
	SLO_FOUND,
	SLO_LOWEST_BREAKS,	/* nothing holds */
	SLO_HIGHEST_HOLDS,	/* nothing breaks */
	SLO_UNSETTLED,		/* SLO_TRIALS_MAX were not enough */
};

struct slo_outcome {
	enum slo_end end;
	uint64_t holds;		/* the highest rate that does; 0: none */
	uint64_t breaks;	/* the lowest one tried that does not; 0: none */
	unsigned trials;	/* of all rates */
	unsigned held, tried;	/* trials at holds, or else at the lowest */
};

/* Tries a rate: 0 with *holds, or -errno, which ends the search. */
typedef int slo_trial(void *arg, uint64_t rate, bool *holds);

/* 0 < low <= high. 0, or what trial() returned. */
int slo_search(uint64_t low, uint64_t high, slo_trial *trial, void *arg,
    struct slo_outcome *out);

#endif
