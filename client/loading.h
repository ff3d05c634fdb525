/*
 * How bench and compare load what they measure, as the user says it: payload
 * sizes, calls outstanding, connections, an open loop's rate; one of each, or
 * many, of which every combination is a table.
 */
#ifndef RPCALL_LOADING_H
#define RPCALL_LOADING_H

#include <stdbool.h>
#include <stdint.h>

#include "failure.h"
#include "measure/compare.h"
#include "options.h"
#include "sweep.h"

struct loading_options {
	const char *rate, *arrivals;
	uint64_t connections;
	struct option_list sweeps;
};

#define LOADING_DEFAULTS { .arrivals = "even", .connections = 1 }

/* The same rows in the table of either verb. */
#define LOADING_OPTIONS(o) \
	{ "rate", 0, OPTION_TEXT, "RATE", "open loop: calls per second, " \
	    "20k, whatever the answers do", &(o).rate }, \
	{ "arrivals", 0, OPTION_TEXT, "even|poisson", "of an open loop's " \
	    "calls (even)", &(o).arrivals }, \
	{ "connections", 0, OPTION_NUMBER, "N", "that share the load (1)", \
	    &(o).connections }, \
	{ "sweep", 0, OPTION_LIST, "POINTS", "rate=1k:100k:*2, n=1:64:+9, " \
	    "connections=1,4, size=64:64K:*4", &(o).sweeps }

struct loading {
	struct sweep sweeps[SWEEP_KINDS];	/* none is empty */
	bool open_loop, poisson;
};

/*
 * Reads the options: 0, or f's code negated. sizes is what --size says, or
 * the workload's own list; outstanding what -n says.
 */
int loading_read(struct loading *l, const struct loading_options *o,
    const char *sizes, uint64_t outstanding, struct failure *f);

/*
 * Adds to c a table of each combination of rates, calls outstanding and
 * connections, all of spec; outstanding, unless it is 0, takes the place of
 * l's. 0, or f's code negated.
 */
int loading_add(const struct loading *l, struct comparison *c,
    const struct work_spec *spec, uint64_t outstanding, struct failure *f);

/* Sets spec's size to the i-th of l, which there is: 0, or f's code negated. */
int loading_size(const struct loading *l, size_t i, struct work_spec *spec,
    struct failure *f);

#endif
