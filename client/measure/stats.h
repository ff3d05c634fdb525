/*
 * The statistics of a comparison: medians, and a bootstrapped interval for
 * the median ratio of paired rounds.
 *
 * Rounds are paired because both rows of a round met the same state of the
 * machine: a busy second slows both, and their ratio survives it. result.c
 * calls this; everything is a function of its arguments, seed included.
 */
#ifndef RPCALL_STATS_H
#define RPCALL_STATS_H

#include <stddef.h>
#include <stdint.h>

enum {
	STATS_PAIRS_MIN = 5,	/* with fewer the interval would be a fiction */
	STATS_PAIRS_MAX = 64,
	STATS_RESAMPLES = 10000,
};

/* Next number of a splitmix64 generator; *state is the seed at first. */
uint64_t stats_random(uint64_t *state);

/* Fills order with 0 to n - 1 in an order that is drawn. */
void stats_shuffle(size_t *order, size_t n, uint64_t *state);

/* Median of v[0..n), which is left sorted; 0 if n is 0. */
double stats_median(double *v, size_t n);

/*
 * The 95 % interval of the median of v, by resampling. -EINVAL, with nothing
 * changed, if n is below STATS_PAIRS_MIN or above STATS_PAIRS_MAX.
 */
int stats_median_interval(const double *v, unsigned n, uint64_t seed,
    double *low, double *high);

/*
 * The 95 % interval of the median of a[i] / b[i], by resampling pairs
 * STATS_RESAMPLES times: a ratio within each round, since of two medians each
 * may come from another round, and the machine between them stays in their
 * ratio. All values must be above 0.
 * -EINVAL if n is below STATS_PAIRS_MIN or above STATS_PAIRS_MAX.
 */
int stats_ratio_interval(const double *a, const double *b, unsigned n,
    uint64_t seed, double *low, double *high);

/*
 * The 95 % interval of median(a) / median(b) of two runs, whose rounds are not
 * pairs: each side is resampled on its own. -EINVAL if either has too few or too many values.
 */
int stats_unpaired_interval(const double *a, unsigned na, const double *b,
    unsigned nb, uint64_t seed, double *low, double *high);

#endif
