/*
 * The log-linear histogram behind every latency that rpcall reports.
 *
 * Values below 2^HIST_SUB_BITS have a bucket each. Above that every octave
 * [2^k, 2^(k+1)) is cut into the same number of buckets, half as many:
 *
 *	0 ... 2047 | 2048 ... 4095 | 4096 ... 8191 | ...
 *	width 1    | width 2       | width 4       |
 *
 * The measuring loop records, result.c and the reports read.
 */
#include <math.h>
#include <string.h>

#include "measure/hist.h"

enum {
	HALF_BITS = HIST_SUB_BITS - 1,
	SAMPLES_BEYOND = 10,	/* fewer beyond a percentile say nothing */
};

static const uint64_t value_max = (UINT64_C(1) << HIST_MAX_BITS) - 1;

static unsigned
bucket_of(uint64_t ns)
{
	unsigned shift;

	if (ns < UINT64_C(1) << HIST_SUB_BITS)
		return (unsigned)ns;
	shift = 63 - (unsigned)__builtin_clzll(ns) - HALF_BITS;
	return (shift << HALF_BITS) + (unsigned)(ns >> shift);
}

void
hist_init(struct hist *h)
{
	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
}

void
hist_record(struct hist *h, uint64_t ns)
{
	if (ns > value_max)
		ns = value_max;
	h->buckets[bucket_of(ns)]++;
	h->count++;
	h->sum += (double)ns;
	if (ns < h->min)
		h->min = ns;
	if (ns > h->max)
		h->max = ns;
}

void
hist_add(struct hist *h, uint64_t ns, uint64_t n)
{
	uint32_t *bucket;

	if (ns > value_max)
		ns = value_max;
	bucket = &h->buckets[bucket_of(ns)];
	if (n > UINT32_MAX - *bucket)
		n = UINT32_MAX - *bucket;
	if (n == 0)
		return;
	*bucket += (uint32_t)n;
	h->count += n;
	h->sum += (double)ns * (double)n;
	if (ns < h->min)
		h->min = ns;
	if (ns > h->max)
		h->max = ns;
}

void
hist_merge(struct hist *into, const struct hist *from)
{
	unsigned i;

	for (i = 0; i < HIST_BUCKETS; i++)
		into->buckets[i] += from->buckets[i];
	into->count += from->count;
	into->sum += from->sum;
	if (from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
}

uint64_t
hist_bucket_value(unsigned i)
{
	unsigned shift;

	if (i < 1u << HIST_SUB_BITS)
		return i;
	shift = (i >> HALF_BITS) - 1;
	return ((uint64_t)(i - (shift << HALF_BITS)) << shift) +
	    (UINT64_C(1) << shift) / 2;
}

/* How many values lie at or below percentile p. */
static uint64_t
rank_of(const struct hist *h, double p)
{
	double rank = p / 100 * (double)h->count;

	/* 99.9 has no exact double: 9990.000000000001 must not become 9991. */
	rank = ceil(rank * (1 - 1e-12));
	if (rank < 1)
		return 1;
	if (rank > (double)h->count)
		return h->count;
	return (uint64_t)rank;
}

static uint64_t
clamp(uint64_t v, uint64_t low, uint64_t high)
{
	return v < low ? low : v > high ? high : v;
}

uint64_t
hist_percentile(const struct hist *h, double p)
{
	uint64_t rank, seen = 0;
	unsigned i;

	if (h->count == 0)
		return 0;
	rank = rank_of(h, p);
	if (rank == h->count)
		return h->max;
	for (i = 0; i < HIST_BUCKETS; i++) {
		seen += h->buckets[i];
		if (seen >= rank)
			break;
	}
	return clamp(hist_bucket_value(i), h->min, h->max);
}

int
hist_supports(const struct hist *h, double p)
{
	return h->count > 0 && h->count - rank_of(h, p) >= SAMPLES_BEYOND;
}

uint64_t
hist_needs(double p)
{
	return (uint64_t)ceil(SAMPLES_BEYOND / (1 - p / 100) * (1 - 1e-12));
}
