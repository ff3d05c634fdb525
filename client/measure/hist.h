/*
 * A log-linear histogram of durations, in the manner of HdrHistogram.
 *
 * Values are nanoseconds, 0 to about 2.4 hours; larger ones count as the
 * largest. Each bucket is at most 1/1024 of its value wide, so that a
 * percentile read back is within 0.1 % of the one that sorting would give.
 * Recording is a shift, a subtraction and an increment: no allocation, no
 * division. Histograms of rounds are merged by adding counts, never averaged.
 */
#ifndef RPCALL_HIST_H
#define RPCALL_HIST_H

#include <stdint.h>

enum {
	HIST_SUB_BITS = 11,		/* 2,048 linear buckets to start with */
	HIST_MAX_BITS = 43,		/* values below 2^43 ns, 2.4 hours */
	HIST_BUCKETS = (HIST_MAX_BITS - HIST_SUB_BITS + 2) << (HIST_SUB_BITS - 1),
};

struct hist {
	uint64_t count;			/* values recorded */
	uint64_t min, max;		/* exact; min is UINT64_MAX if empty */
	double sum;			/* of all values, ns */
	uint32_t buckets[HIST_BUCKETS];
};

void hist_init(struct hist *h);
void hist_record(struct hist *h, uint64_t ns);

/* Records one value n times, at most 2^32 - 1 in a bucket. */
void hist_add(struct hist *h, uint64_t ns, uint64_t n);

void hist_merge(struct hist *into, const struct hist *from);

/* Value in ns below or at which p (0 to 100) percent lie; 0 when empty. */
uint64_t hist_percentile(const struct hist *h, double p);

/*
 * Are there at least 10 samples beyond percentile p? Where there are not, a
 * percentile says nothing and is not shown (measure rule of this product).
 */
int hist_supports(const struct hist *h, double p);

/* How many samples that takes: 1,000 for the 99th. p is below 100. */
uint64_t hist_needs(double p);

/* Middle value in ns of bucket i, for charts of the distribution. */
uint64_t hist_bucket_value(unsigned i);

#endif
