/*
 * Computes and prints the figures declared in figures.h. Everything per
 * call is divided here and nowhere else, so that the terminal, the table in
 * the page, its charts and the CSV cannot disagree.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figures.h"

static double
ratio_of_known(double over, double under)
{
	return under > 0 ? over / under : NAN;
}

double
row_percentile_ns(const struct row *row, double p)
{
	if (!row_counts(row) || !hist_supports(row->hist, p))
		return NAN;
	return (double)hist_percentile(row->hist, p);
}

double
row_calls_per_s(const struct row *row)
{
	if (!row_counts(row))
		return NAN;
	return ratio_of_known((double)row_answered(row), row->wall_ns / 1e9);
}

double
row_mb_per_s(const struct row *row)
{
	/* A procedure without a payload has no throughput, rather than 0. */
	if (!row_counts(row) || row->bytes == 0)
		return NAN;
	return ratio_of_known((double)row->bytes / 1e6, row->wall_ns / 1e9);
}

double
cost_cpu_us(const struct row *row, const struct cost *cost)
{
	if (!row_counts(row) || !cost->known)
		return NAN;
	return ratio_of_known((cost->user_ns + cost->system_ns) / 1e3,
	    (double)row->calls);
}

static double
get_percentile_us(const struct row *row, double p)
{
	return row_percentile_ns(row, p) / 1e3;
}

double
load_p50_ns(const struct table *t, const struct row *row)
{
	(void)t;
	return row_percentile_ns(row, 50);
}

double
load_p99_ns(const struct table *t, const struct row *row)
{
	(void)t;
	return row_percentile_ns(row, 99);
}

double
load_mb_per_s(const struct table *t, const struct row *row)
{
	(void)t;
	return row_mb_per_s(row);
}

static double
get_calls_per_s(const struct row *row, double unused)
{
	(void)unused;
	return row_calls_per_s(row);
}

static double
get_mb_per_s(const struct row *row, double unused)
{
	(void)unused;
	return row_mb_per_s(row);
}

static double
get_client_cpu(const struct row *row, double unused)
{
	(void)unused;
	return cost_cpu_us(row, &row->client);
}

static double
get_server_cpu(const struct row *row, double unused)
{
	(void)unused;
	return cost_cpu_us(row, &row->server);
}

static double
get_switches(const struct row *row, double unused)
{
	const struct cost *c = &row->client, *s = &row->server;

	(void)unused;
	if (!c->known || !s->known)
		return NAN;
	return ratio_of_known(c->voluntary + c->involuntary + s->voluntary +
	    s->involuntary, (double)row->calls);
}

double
figure_get(const struct figure *f, const struct row *row)
{
	return row_counts(row) ? f->get(row, f->arg) : NAN;
}

int
figure_decimals(const struct figure *f, const struct table *t)
{
	double low = INFINITY, high = 0;
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		double v = figure_get(f, &t->rows[i]);

		if (v > 0 && v < low)
			low = v;
		if (v > high)
			high = v;
	}
	if (low >= 100 || high >= 1e5)
		return 0;
	return low >= 10 || high >= 1000 ? 1 : 2;
}

void
figure_print(char buf[FIGURE_TEXT], double v, int decimals)
{
	if (isnan(v))
		snprintf(buf, FIGURE_TEXT, "-");
	else
		snprintf(buf, FIGURE_TEXT, "%.*f", decimals, v);
}

static int
short_decimals(double v)
{
	v = fabs(v);
	return v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
}

void
figure_short(char buf[FIGURE_TEXT], double v)
{
	figure_print(buf, v, short_decimals(v));
}

void
figure_spread(char buf[2 * FIGURE_TEXT + 4], double v, double half)
{
	char text[FIGURE_TEXT], width[FIGURE_TEXT];

	figure_short(text, v);
	figure_short(width, half);
	if (isnan(v) || isnan(half))
		snprintf(buf, 2 * FIGURE_TEXT + 4, "%s", text);
	else
		snprintf(buf, 2 * FIGURE_TEXT + 4, "%s \u00b1%s", text,
		    width[0] == '0' ? width + 1 : width);
}

void
ratio_print(char buf[FIGURE_TEXT], const struct interval *x)
{
	int d = short_decimals(x->point);

	if (x->point <= 0)
		snprintf(buf, FIGURE_TEXT, "-");
	else if (x->high <= x->low)
		snprintf(buf, FIGURE_TEXT, "%.*f", d, x->point);
	else
		snprintf(buf, FIGURE_TEXT, "%.*f (%.*f-%.*f)", d, x->point,
		    d, x->low, d, x->high);
}

bool
ratio_differs(const struct interval *x)
{
	double least = x->noise > RATIO_LEAST ? x->noise : RATIO_LEAST;

	if (x->point < least && x->point * least > 1)
		return false;
	return x->high > 0 && (x->low > 1 || x->high < 1);
}

void
size_print(char buf[FIGURE_TEXT], double bytes)
{
	if (bytes >= 1 << 20)
		snprintf(buf, FIGURE_TEXT, "%.4g MiB", bytes / (1 << 20));
	else if (bytes >= 1 << 10)
		snprintf(buf, FIGURE_TEXT, "%.4g KiB", bytes / (1 << 10));
	else
		snprintf(buf, FIGURE_TEXT, "%.0f B", bytes);
}

bool
table_leads(const struct result *r, const struct table *t)
{
	return strcmp(t->workload, r->tables[0].workload) == 0;
}

void
store_print(char buf[STORE_TEXT], const struct table *t)
{
	buf[0] = '\0';
	if (t->store[0] != '\0')
		snprintf(buf, STORE_TEXT, "store: %s%s%s", t->store,
		    t->durability[0] ? ", " : "", t->durability);
}

const struct row *
table_shown(const struct table *t, size_t i)
{
	static const enum row_kind order[] = {
		ROW_MECH, ROW_AGAIN, ROW_FLOOR, ROW_STOCK
	};
	size_t k, n;

	for (k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (n = 0; n < t->nrows; n++)
			if (t->rows[n].kind == order[k] && i-- == 0)
				return &t->rows[n];
	return NULL;
}

static const char *const kind_names[] = {
	[ROW_MECH] = "mechanism",
	[ROW_FLOOR] = "floor",
	[ROW_STOCK] = "stock",
	[ROW_AGAIN] = "again",
};

const char *
row_kind_name(enum row_kind kind)
{
	return kind_names[kind];
}

bool
row_kind_find(const char *name, enum row_kind *kind)
{
	for (int i = ROW_MECH; i <= ROW_AGAIN; i++) {
		if (strcmp(kind_names[i], name) != 0)
			continue;
		*kind = (enum row_kind)i;
		return true;
	}
	return false;
}

void
row_excuse(char buf[RESULT_NOTE_MAX + 32], const struct row *row)
{
	const char *why = row->is_void ? "void" : "not measured";

	snprintf(buf, RESULT_NOTE_MAX + 32, row->note[0] ? "%s: %s" : "%s",
	    why, row->note);
}

const struct figure figures[FIGURES] = {
	{ "latency", "µs", "p50", get_percentile_us, 50, false },
	{ "latency", "µs", "p90", get_percentile_us, 90, false },
	{ "latency", "µs", "p99", get_percentile_us, 99, false },
	{ "latency", "µs", "p99.9", get_percentile_us, 99.9, false },
	{ "throughput", "", "calls/s", get_calls_per_s, 0, false },
	{ "throughput", "", "MB/s", get_mb_per_s, 0, false },
	{ "cost of a call", "CPU µs", "client", get_client_cpu, 0, false },
	{ "cost of a call", "CPU µs", "server", get_server_cpu, 0, false },
	{ "cost of a call", "switches", "context", get_switches, 0, true },
};
