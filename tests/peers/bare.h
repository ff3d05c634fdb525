/*
 * What the bare programs of this directory have in common: calls counted over
 * a time, after a tenth of it to warm up.
 */
#ifndef RPCALL_BARE_H
#define RPCALL_BARE_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

static double
seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* pass() returns the calls that one pass has ended, or -1. Prints calls and
 * seconds: 0, or -1 once a pass has failed. */
static int
measure_rate(double seconds, int64_t (*pass)(void *), void *arg)
{
	double now = seconds_now(), from = now + seconds / 10, began = 0;
	uint64_t calls = 0;

	while (began == 0 || now < began + seconds) {
		int64_t done = pass(arg);

		if (done < 0)
			return -1;
		calls += (uint64_t)done;
		now = seconds_now();
		if (began == 0 && now >= from) {
			began = now;
			calls = 0;
		}
	}
	printf("%llu %.6f\n", (unsigned long long)calls, now - began);
	return 0;
}

#endif
