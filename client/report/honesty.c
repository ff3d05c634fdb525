/*
 * The figures of honesty.h.
 */
#include "report/honesty.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figures.h"

/* Less of the rate than that was not reached. */
static const double reached = .98;

double
row_achieved(const struct row *row)
{
	if (row->paced == NULL || row->wall_ns <= 0)
		return NAN;
	return ((double)row->calls - (double)row->errors) / row->wall_ns * 1e9;
}

static bool
below_rate(const struct table *t, const struct row *row)
{
	const struct paced *p = row->paced;
	double n = (double)p->scheduled, rate = reached * (double)t->rate;

	/* Poisson's calls are not as many in every second. */
	if (strcmp(t->arrivals, "poisson") == 0)
		rate *= 1 - 3 / sqrt(n);
	return (double)p->unsent > (1 - reached) * n ||
	    row_achieved(row) < rate;
}

bool
rate_missed(char *buf, size_t size, const struct table *t,
    const struct row *row)
{
	const struct paced *p = row->paced;

	if (p == NULL || !row_counts(row) || p->scheduled == 0 ||
	    !below_rate(t, row))
		return false;
	if (buf != NULL)
		snprintf(buf, size, "the rate was not reached: %.0f of %llu "
		    "calls/s; %s", row_achieved(row),
		    (unsigned long long)t->rate, 2 * p->held >= p->missed ?
		    "calls waited for answers to others (more may be under "
		    "way with --outstanding and --connections)" :
		    "this client was late itself");
	return true;
}

static double
get_offered(const struct table *t, const struct row *row)
{
	return row->paced ? (double)t->rate : NAN;
}

static double
get_achieved(const struct table *t, const struct row *row)
{
	(void)t;
	return row_achieved(row);
}

static double
percentile(const struct hist *h, double p)
{
	return hist_supports(h, p) ? (double)hist_percentile(h, p) : NAN;
}

static double
get_service_p50(const struct table *t, const struct row *row)
{
	(void)t;
	return row->paced ? percentile(&row->paced->service, 50) : NAN;
}

static double
get_service_p99(const struct table *t, const struct row *row)
{
	(void)t;
	return row->paced ? percentile(&row->paced->service, 99) : NAN;
}

static double
get_pacing_p50(const struct table *t, const struct row *row)
{
	(void)t;
	return row->paced ? percentile(&row->paced->pacing, 50) : NAN;
}

static double
get_pacing_p99(const struct table *t, const struct row *row)
{
	(void)t;
	return row->paced ? percentile(&row->paced->pacing, 99) : NAN;
}

static double
get_pacing_max(const struct table *t, const struct row *row)
{
	(void)t;
	return row->paced && row->paced->pacing.count > 0 ?
	    (double)row->paced->pacing.max : NAN;
}

static double
get_missed(const struct table *t, const struct row *row)
{
	(void)t;
	return row->paced ? (double)row->paced->missed : NAN;
}

static double
get_held(const struct table *t, const struct row *row)
{
	(void)t;
	return row->paced ? (double)row->paced->held : NAN;
}

static double
share(const struct row *row, double ns)
{
	return row->shares.window_ns > 0 ? fmax(ns, 0) /
	    row->shares.window_ns : NAN;
}

static double
get_client(const struct table *t, const struct row *row)
{
	(void)t;
	return share(row, row->shares.client_ns);
}

static double
get_server(const struct table *t, const struct row *row)
{
	(void)t;
	return row->server.known ? share(row, row->shares.server_ns) : NAN;
}

static double
get_other(const struct table *t, const struct row *row)
{
	(void)t;
	return row->shares.machine_known ? share(row, row->shares.other_ns) :
	    NAN;
}

static double
get_steal(const struct table *t, const struct row *row)
{
	(void)t;
	return row->shares.machine_known ? share(row, row->shares.steal_ns) :
	    NAN;
}

double
honesty_get(const struct honesty *h, const struct table *t,
    const struct row *row)
{
	return row_counts(row) ? h->get(t, row) : NAN;
}

bool
honesty_applies(const struct honesty *h, const struct result *r)
{
	for (size_t i = 0; h->open_loop && i < r->ntables; i++)
		if (r->tables[i].rate > 0)
			return true;
	return !h->open_loop;
}

/* All rows of a closed loop's table as if they were one; what is not known of
 * each is not known of all. */
static void
sum_rows(const struct table *t, struct row *sum)
{
	*sum = (struct row){ .server.known = true, .shares.machine_known = true };
	for (size_t i = 0; i < t->nrows; i++) {
		const struct row *row = &t->rows[i];
		const struct shares *s = &row->shares;

		if (!row_counts(row))
			continue;
		sum->hist = row->hist;	/* so that the sum counts */
		sum->measured = true;
		sum->server.known &= row->server.known;
		sum->shares.window_ns += s->window_ns;
		sum->shares.client_ns += s->client_ns;
		sum->shares.server_ns += s->server_ns;
		sum->shares.other_ns += s->other_ns;
		sum->shares.steal_ns += s->steal_ns;
		sum->shares.machine_known &= s->machine_known;
	}
}

void
honesty_lines(const struct result *r, honesty_fn *line, void *arg)
{
	for (size_t i = 0; i < r->ntables; i++) {
		const struct table *t = &r->tables[i];
		const struct row *row;
		char label[sizeof(t->title) + sizeof(row->name) + 8];
		struct row sum;

		if (t->rate == 0) {
			sum_rows(t, &sum);
			if (row_counts(&sum))
				line(arg, t->title, t, &sum);
			continue;
		}
		for (size_t k = 0; (row = table_shown(t, k)) != NULL; k++) {
			snprintf(label, sizeof(label), "%s, %s", row->name,
			    t->title);
			if (row_counts(row))
				line(arg, label, t, row);
		}
	}
}

static unsigned
count_slow(const struct result *r)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->ntables; i++)
		for (size_t k = 0; k < r->tables[i].nrows; k++)
			for (unsigned j = 0;
			    j < r->tables[i].rows[k].nrounds; j++)
				n += r->tables[i].rows[k].rounds[j].slow;
	return n;
}

void
honesty_print(char *buf, size_t size, const struct result *r)
{
	snprintf(buf, size, "Rounds thrown out: none; marked as slow: %u. "
	    "Reading the clock: %.0f ns. CPU time is in %% of one CPU; "
	    "\"other\" is all that is neither end's.", count_slow(r),
	    r->env.clock_cost_ns);
}

#define US 1e-3
#define PERCENT 1e2

const struct honesty honesty[HONESTY_COLUMNS] = {
	{ "calls/s", "offered", "offered_per_s", 0, 1, get_offered, true },
	{ "calls/s", "achieved", "achieved_per_s", 0, 1, get_achieved, true },
	{ "service µs", "p50", "service_p50_ns", 1, US, get_service_p50, true },
	{ "service µs", "p99", "service_p99_ns", 1, US, get_service_p99, true },
	{ "late µs", "p50", "pacing_p50_ns", 1, US, get_pacing_p50, true },
	{ "late µs", "p99", "pacing_p99_ns", 1, US, get_pacing_p99, true },
	{ "late µs", "max", "pacing_max_ns", 0, US, get_pacing_max, true },
	{ "calls", "missed", "missed", 0, 1, get_missed, true },
	{ "calls", "held", "held", 0, 1, get_held, true },
	{ "CPU %", "client", "client_cpu_share", 0, PERCENT, get_client, false },
	{ "CPU %", "server", "server_cpu_share", 0, PERCENT, get_server, false },
	{ "CPU %", "other", "other_cpu_share", 0, PERCENT, get_other, false },
	{ "CPU %", "steal", "steal_cpu_share", 0, PERCENT, get_steal, false },
};
