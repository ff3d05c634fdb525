/*
 * The load as the user says it: see loading.h. Called by verb_bench.c and
 * verb_compare.c.
 */
#include "loading.h"

#include <string.h>

#include "measure/load.h"
#include "measure/schedule.h"
#include "workload.h"

static int
apply_rate(const struct loading_options *o, struct compare_table *t,
    struct failure *f)
{
	if (strcmp(o->arrivals, "even") != 0 &&
	    strcmp(o->arrivals, "poisson") != 0)
		return failure_set(f, EXIT_USAGE, "--arrivals %s: not even or "
		    "poisson", o->arrivals);
	t->poisson = strcmp(o->arrivals, "poisson") == 0;
	if (o->rate == NULL && t->poisson)
		return failure_set(f, EXIT_USAGE, "--arrivals: of an open "
		    "loop, with --rate");
	if (o->rate != NULL && schedule_rate(o->rate, &t->rate) != 0)
		return failure_set(f, EXIT_USAGE, "--rate %s: not 1 to %dM "
		    "calls per second, like 20k", o->rate,
		    SCHEDULE_RATE_MAX / 1000000);
	return 0;
}

int
loading_apply(const struct loading_options *o, struct compare_table *t,
    struct failure *f)
{
	if (o->connections < 1 || o->connections > LOAD_CONNECTIONS_MAX)
		return failure_set(f, EXIT_USAGE, "--connections: 1 to %d",
		    LOAD_CONNECTIONS_MAX);
	if (o->connections * t->outstanding > LOAD_UNDER_WAY_MAX)
		return failure_set(f, EXIT_USAGE, "%llu connections with %u "
		    "calls outstanding each: more than %d calls",
		    (unsigned long long)o->connections, t->outstanding,
		    LOAD_UNDER_WAY_MAX);
	t->connections = (unsigned)o->connections;
	/* Of a workload that has a limit it is that of all connections. */
	if (work_ops_find(t->spec.workload)->outstanding_max > 0 &&
	    workload_outstanding(&t->spec, o->connections * t->outstanding,
	    f) != 0)
		return -f->code;
	return apply_rate(o, t, f);
}
