/*
 * The buckets of the daemon's latency histograms: four to an octave from 128
 * ns to 69 s, so that a bucket is at most a quarter of its value wide, and
 * all of them fit a datagram. idl/reflect.x tells clients; both ends use it.
 *
 *	bucket  0        | 1 to 4      | 5 to 8      | ... | 117
 *	ns      0 to 127 | 128 to 255  | 256 to 511  | ... | 2^36 and up
 */
#ifndef RPCALL_LATENCY_H
#define RPCALL_LATENCY_H

#include <stdint.h>

enum {
	LATENCY_LOW_BITS = 7,		/* below 2^7 ns there is one bucket */
	LATENCY_HIGH_BITS = 36,		/* from 2^36 ns on there is one */
	LATENCY_BUCKETS = 4 * (LATENCY_HIGH_BITS - LATENCY_LOW_BITS) + 2,
};

static inline unsigned
latency_bucket(uint64_t ns)
{
	unsigned octave;

	if (ns < 1u << LATENCY_LOW_BITS)
		return 0;
	if (ns >> LATENCY_HIGH_BITS != 0)
		return LATENCY_BUCKETS - 1;
	octave = 63 - (unsigned)__builtin_clzll(ns);
	return 1 + 4 * (octave - LATENCY_LOW_BITS) +
	    (unsigned)(ns >> (octave - 2) & 3);
}

/* The first value, in ns, that is above bucket i; UINT64_MAX for the last. */
static inline uint64_t
latency_end(unsigned i)
{
	unsigned octave = LATENCY_LOW_BITS + i / 4;

	if (i >= LATENCY_BUCKETS - 1)
		return UINT64_MAX;
	return (uint64_t)(4 + i % 4) << (octave - 2);
}

#endif
