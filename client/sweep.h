/*
 * Points of a sweep, as the user writes them:
 *
 *	rate=1k:100k:*2		1k, 2k, 4k, ... up to 100k
 *	n=1:64:+9		1, 10, 19, ... up to 64 calls outstanding
 *	connections=1,4,16	these
 *	size=64:64K:*4		sizes as in --size
 */
#ifndef RPCALL_SWEEP_H
#define RPCALL_SWEEP_H

#include <stddef.h>
#include <stdint.h>

#include "failure.h"

enum { SWEEP_POINTS_MAX = 64 };

enum sweep_of {
	SWEEP_SIZE, SWEEP_CONNECTIONS, SWEEP_OUTSTANDING, SWEEP_RATE,
	SWEEP_KINDS,
};

struct sweep {
	uint64_t values[SWEEP_POINTS_MAX];
	size_t n;
};

/*
 * Adds the points of text to that of sweeps[SWEEP_KINDS] which it names; one
 * that has points already is refused. 0, or f's code negated.
 */
int sweep_parse(struct sweep *sweeps, const char *text, struct failure *f);

/* The points of text alone, without "rate=". */
int sweep_values(struct sweep *s, enum sweep_of of, const char *text,
    struct failure *f);

#endif
