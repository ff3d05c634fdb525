/*
 * The load as the user says it: see loading.h. Called by verb_bench.c and
 * verb_compare.c.
 */
#include "loading.h"

#include <string.h>

#include "measure/load.h"
#include "workload.h"

/* A sweep that was not asked for has one point. */
static void
default_point(struct sweep *s, uint64_t value)
{
	if (s->n == 0)
		s->values[s->n++] = value;
}

static int
read_rate(struct loading *l, const struct loading_options *o,
    struct failure *f)
{
	struct sweep *rates = &l->sweeps[SWEEP_RATE];

	if (strcmp(o->arrivals, "even") != 0 &&
	    strcmp(o->arrivals, "poisson") != 0)
		return failure_set(f, EXIT_USAGE, "--arrivals %s: not even or "
		    "poisson", o->arrivals);
	l->poisson = strcmp(o->arrivals, "poisson") == 0;
	if (o->rate != NULL && rates->n > 0)
		return failure_set(f, EXIT_USAGE, "--rate, and a sweep of it");
	l->open_loop = o->rate != NULL || rates->n > 0;
	if (l->poisson && !l->open_loop)
		return failure_set(f, EXIT_USAGE, "--arrivals: of an open "
		    "loop, with --rate");
	if (o->rate != NULL)
		return sweep_values(rates, SWEEP_RATE, o->rate, f);
	default_point(rates, 0);
	return 0;
}

int
loading_read(struct loading *l, const struct loading_options *o,
    const char *sizes, uint64_t outstanding, struct failure *f)
{
	int err = 0;

	memset(l, 0, sizeof(*l));
	for (size_t i = 0; err == 0 && i < o->sweeps.n; i++)
		err = sweep_parse(l->sweeps, o->sweeps.items[i], f);
	if (err == 0)
		err = read_rate(l, o, f);
	if (err == 0 && l->sweeps[SWEEP_SIZE].n == 0)
		err = sweep_values(&l->sweeps[SWEEP_SIZE], SWEEP_SIZE, sizes,
		    f);
	default_point(&l->sweeps[SWEEP_OUTSTANDING], outstanding);
	default_point(&l->sweeps[SWEEP_CONNECTIONS], o->connections);
	return err;
}

static int
check(const struct work_spec *spec, uint64_t connections, uint64_t outstanding,
    struct failure *f)
{
	int err = workload_outstanding(spec, outstanding, f);

	if (err)
		return err;
	if (connections < 1 || connections > LOAD_CONNECTIONS_MAX)
		return failure_set(f, EXIT_USAGE, "--connections: 1 to %d",
		    LOAD_CONNECTIONS_MAX);
	if (connections * outstanding > LOAD_UNDER_WAY_MAX)
		return failure_set(f, EXIT_USAGE, "%llu connections with %llu "
		    "calls outstanding each: more than %d calls",
		    (unsigned long long)connections,
		    (unsigned long long)outstanding, LOAD_UNDER_WAY_MAX);
	/* Of a workload that has a limit it is that of all connections. */
	return work_ops_find(spec->workload)->outstanding_max == 0 ? 0 :
	    workload_outstanding(spec, connections * outstanding, f);
}

static int
add_table(const struct loading *l, struct comparison *c,
    const struct compare_table *t, struct failure *f)
{
	int err = check(&t->spec, t->connections, t->outstanding, f);

	if (err)
		return err;
	if (c->ntables == COMPARE_TABLES_MAX)
		return failure_set(f, EXIT_USAGE, "more than %d tables: fewer "
		    "sizes, workloads or points of a sweep",
		    COMPARE_TABLES_MAX);
	c->tables[c->ntables] = *t;
	c->tables[c->ntables++].poisson = l->poisson;
	return 0;
}

static int
add_rates(const struct loading *l, struct comparison *c,
    struct compare_table *t, struct failure *f)
{
	const struct sweep *rates = &l->sweeps[SWEEP_RATE];
	int err = 0;

	for (size_t i = 0; err == 0 && i < rates->n; i++) {
		t->rate = rates->values[i];
		err = add_table(l, c, t, f);
	}
	return err;
}

/* Numbers that do not fit are over every limit, too. */
static unsigned
narrow(uint64_t n)
{
	return n < UINT32_MAX ? (unsigned)n : UINT32_MAX;
}

int
loading_add(const struct loading *l, struct comparison *c,
    const struct work_spec *spec, uint64_t outstanding, struct failure *f)
{
	const struct sweep one = { { outstanding }, 1 };
	const struct sweep *ns = outstanding > 0 ? &one :
	    &l->sweeps[SWEEP_OUTSTANDING];
	const struct sweep *lines = &l->sweeps[SWEEP_CONNECTIONS];
	struct compare_table t = { .spec = *spec };
	int err = 0;

	for (size_t i = 0; err == 0 && i < lines->n; i++)
		for (size_t k = 0; err == 0 && k < ns->n; k++) {
			t.connections = narrow(lines->values[i]);
			t.outstanding = narrow(ns->values[k]);
			err = add_rates(l, c, &t, f);
		}
	return err;
}

int
loading_size(const struct loading *l, size_t i, struct work_spec *spec,
    struct failure *f)
{
	return workload_size(spec, l->sweeps[SWEEP_SIZE].values[i], f);
}
