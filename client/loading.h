/*
 * How bench and compare load what they measure, as the user says it: calls
 * outstanding, connections, an open loop's rate.
 */
#ifndef RPCALL_LOADING_H
#define RPCALL_LOADING_H

#include <stdint.h>

#include "failure.h"
#include "measure/compare.h"
#include "options.h"

struct loading_options {
	const char *rate, *arrivals;
	uint64_t connections;
};

#define LOADING_DEFAULTS { .arrivals = "even", .connections = 1 }

/* The same rows in the table of either verb. */
#define LOADING_OPTIONS(o) \
	{ "rate", 0, OPTION_TEXT, "RATE", "open loop: calls per second, " \
	    "20k, whatever the answers do", &(o).rate }, \
	{ "arrivals", 0, OPTION_TEXT, "even|poisson", "of an open loop's " \
	    "calls (even)", &(o).arrivals }, \
	{ "connections", 0, OPTION_NUMBER, "N", "that share the load (1)", \
	    &(o).connections }

/* Fills the load of t, whose spec and outstanding are there: 0, or f's code
 * negated. */
int loading_apply(const struct loading_options *o, struct compare_table *t,
    struct failure *f);

#endif
