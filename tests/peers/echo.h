/*
 * What the echo programs of other libraries share: how they are called, and
 * what they print. Each is one file:
 *
 *	PROGRAM serve ADDRESS		until it is killed; "ready" on stdout
 *	PROGRAM call ADDRESS BYTES SECONDS
 *
 * call sends that many bytes and waits for them to come back, one call at a
 * time, and prints "CALLS SECONDS P50_NS".
 */
#ifndef RPCALL_PEERS_ECHO_H
#define RPCALL_PEERS_ECHO_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { ECHO_SAMPLES_MAX = 1 << 22, ECHO_BYTES_MAX = 1 << 20 };

static inline uint64_t
echo_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int
echo_order(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

/* Calls once with n bytes of out, gets as many into in: 0, or it failed. */
typedef int echo_call(void *arg, const uint8_t *out, uint8_t *in, size_t n);

/* Measures call for so long, after a tenth of it to warm up; exit status. */
static inline int
echo_measure(echo_call *call, void *arg, const char *bytes,
    const char *seconds)
{
	size_t n = strtoul(bytes, NULL, 10), samples = 0;
	uint64_t length = (uint64_t)(strtod(seconds, NULL) * 1e9);
	uint64_t *ns = (uint64_t *)malloc(ECHO_SAMPLES_MAX * sizeof(*ns));
	uint8_t *out = (uint8_t *)malloc(ECHO_BYTES_MAX);
	uint8_t *in = (uint8_t *)malloc(ECHO_BYTES_MAX);
	uint64_t start = echo_clock(), warm = start + length / 10, now = start;

	if (n > ECHO_BYTES_MAX || ns == NULL || out == NULL || in == NULL)
		return 1;
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)i;
	while (now < warm + length && samples < ECHO_SAMPLES_MAX) {
		uint64_t before = echo_clock();

		if (call(arg, out, in, n) != 0 || memcmp(in, out, n) != 0)
			return 1;
		now = echo_clock();
		if (before >= warm)
			ns[samples++] = now - before;
	}
	if (samples == 0)
		return 1;
	qsort(ns, samples, sizeof(*ns), echo_order);
	printf("%zu %.6f %llu\n", samples, (double)(now - warm) / 1e9,
	    (unsigned long long)ns[samples / 2]);
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
