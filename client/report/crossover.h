/*
 * Sizes at which the order of two mechanisms turns: "below about 6 KiB pipe
 * is faster than tcp, above it is slower". Both sides must be significant.
 */
#ifndef RPCALL_CROSSOVER_H
#define RPCALL_CROSSOVER_H

#include <stddef.h>

#include "measure/result.h"

enum { CROSSOVERS_MAX = 4, CROSSOVER_TEXT = 256 };

struct crossover {
	const char *small, *large;	/* faster below, faster above */
	uint32_t from, to;		/* sizes between which it lies, bytes */
	double bytes;			/* where, by interpolation */
	char text[CROSSOVER_TEXT];	/* one sentence */
};

/*
 * Fills c from the tables of the leading workload with one call outstanding;
 * only pairs of which one is the fastest at the smaller size and the other at
 * the larger, or not told apart from it. Returns how many.
 */
size_t crossovers(const struct result *r, struct crossover c[CROSSOVERS_MAX]);

#endif
