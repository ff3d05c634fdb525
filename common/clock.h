/*
 * Time for timers and measurements: CLOCK_MONOTONIC in nanoseconds. Nothing
 * here or above uses wall-clock time to decide anything.
 */
#ifndef RPCALL_CLOCK_H
#define RPCALL_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_US 1000ULL
#define NS_PER_MS 1000000ULL
#define NS_PER_S 1000000000ULL

static inline uint64_t
clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

#endif
