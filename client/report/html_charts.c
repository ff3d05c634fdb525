/*
 * Gathers the points of the line charts: latency and throughput against
 * payload size, and latency over its percentiles. html_lines.c draws them,
 * html.c asks for them.
 */
#include <math.h>
#include <string.h>

#include "report/figures.h"
#include "report/html_chart.h"
#include "report/html_out.h"

static unsigned
count_sizes(const struct result *r, unsigned outstanding)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < r->ntables; i++)
		n += table_leads(r, &r->tables[i]) &&
		    r->tables[i].outstanding == outstanding &&
		    r->tables[i].size > 0;
	return n;
}

/* How many calls are in flight in most of the tables that have a payload. */
static unsigned
common_outstanding(const struct result *r)
{
	unsigned best = 1;
	size_t i;

	for (i = 0; i < r->ntables; i++)
		if (count_sizes(r, r->tables[i].outstanding) >
		    count_sizes(r, best))
			best = r->tables[i].outstanding;
	return best;
}

static void
add_point(struct chart_series *s, double x, double y, bool mark)
{
	unsigned i;

	if (isnan(y) || s->npoints == CHART_POINTS_MAX)
		return;
	for (i = s->npoints++; i > 0 && s->point[i - 1].x > x; i--)
		s->point[i] = s->point[i - 1];
	s->point[i] = (struct chart_point){ x, y, mark };
}

/* The series of that name, begun if it is new; NULL when there are too many. */
static struct chart_series *
series_of(struct chart *c, const struct result *r, const char *name)
{
	struct chart_series *s;
	unsigned i;

	for (i = 0; i < c->nseries; i++)
		if (strcmp(c->series[i].name, name) == 0)
			return &c->series[i];
	if (c->nseries == CHART_SERIES_MAX)
		return NULL;
	s = &c->series[c->nseries++];
	s->name = name;
	s->colour = html_colour(r, name);
	return s;
}

/* A series without a point has no end to put its name at. */
static void
drop_empty(struct chart *c)
{
	unsigned i, n = 0;

	for (i = 0; i < c->nseries; i++)
		if (c->series[i].npoints > 0)
			c->series[n++] = c->series[i];
	c->nseries = n;
}

static void
add_x_tick(struct chart *c, double x)
{
	unsigned i;

	for (i = 0; i < c->nxticks; i++)
		if (c->xtick[i] == x)
			return;
	if (c->nxticks < AXIS_TICKS_MAX)
		c->xtick[c->nxticks++] = x;
}

static void
add_table(struct chart *c, const struct result *r, const struct table *t,
    double (*get)(const struct row *))
{
	struct chart_series *s;
	size_t i;

	add_x_tick(c, t->size);
	for (i = 0; i < t->nrows; i++) {
		if (t->rows[i].kind != ROW_MECH)
			continue;
		s = series_of(c, r, t->rows[i].name);
		if (s)
			add_point(s, t->size, get(&t->rows[i]), true);
	}
}

static void
fill_by_size(struct chart *c, const struct result *r,
    double (*get)(const struct row *), unsigned outstanding)
{
	size_t i;

	for (i = 0; i < r->ntables; i++)
		if (table_leads(r, &r->tables[i]) &&
		    r->tables[i].outstanding == outstanding &&
		    r->tables[i].size > 0)
			add_table(c, r, &r->tables[i], get);
	drop_empty(c);
}

static void
print_mb_per_s(char buf[32], double v)
{
	if (v >= 999.5)
		snprintf(buf, 32, "%.3g GB/s", v / 1000);
	else
		snprintf(buf, 32, "%.3g MB/s", v);
}

static double
p50_of(const struct row *row)
{
	return row_percentile_ns(row, 50);
}

static void
draw_by_size(FILE *out, const struct result *r, struct chart *c,
    double (*get)(const struct row *))
{
	unsigned outstanding = common_outstanding(r);
	char note[96];

	snprintf(note, sizeof(note), "%u %s outstanding; both axes are "
	    "logarithmic.", outstanding, outstanding == 1 ? "call" : "calls");
	c->note = note;
	c->print_x = size_print;
	axis_init(&c->x, true);
	axis_init(&c->y, true);
	fill_by_size(c, r, get, outstanding);
	chart_draw(out, c);
}

void
chart_latency_by_size(FILE *out, const struct result *r)
{
	struct chart c = { .title = "Median latency against payload size",
	    .print_y = time_print };

	draw_by_size(out, r, &c, p50_of);
}

void
chart_throughput_by_size(FILE *out, const struct result *r)
{
	struct chart c = { .title = "Throughput against payload size",
	    .print_y = print_mb_per_s };

	draw_by_size(out, r, &c, row_mb_per_s);
}

/* Percentile p is drawn where one call in so many is slower: 99 at 100. */
static double
one_in(double p)
{
	return 100 / (100 - p);
}

static double
percentile_at(double x)
{
	return 100 - 100 / x;
}

static void
print_percentile(char buf[32], double x)
{
	snprintf(buf, 32, "p%.6g", percentile_at(x));
}

static const double percentiles[] = { 50, 90, 99, 99.9, 99.99, 99.999 };

enum { NPERCENTILES = sizeof(percentiles) / sizeof(percentiles[0]) };

/* Marks at the percentiles, and points between them that show the bends. */
static void
fill_percentiles(struct chart_series *s, const struct row *row)
{
	static const double step = 1.3335;	/* an eighth of a decade */
	unsigned i;
	double x, next;

	for (i = 0; i < NPERCENTILES; i++) {
		x = one_in(percentiles[i]);
		next = i + 1 < NPERCENTILES ? one_in(percentiles[i + 1]) : x;
		add_point(s, x, row_percentile_ns(row, percentiles[i]), true);
		for (x *= step; x * 1.1 < next; x *= step)
			add_point(s, x,
			    row_percentile_ns(row, percentile_at(x)), false);
	}
}

static void
add_percentile_ticks(struct chart *c)
{
	double last = 0;
	unsigned i;

	for (i = 0; i < c->nseries; i++)
		last = fmax(last, c->series[i].point[
		    c->series[i].npoints - 1].x);
	for (i = 0; i < NPERCENTILES; i++)
		if (one_in(percentiles[i]) <= last)
			add_x_tick(c, one_in(percentiles[i]));
}

void
chart_percentiles(FILE *out, const struct result *r, const struct table *t)
{
	struct chart c = { .title = t->title, .note = "",
	    .print_x = print_percentile, .print_y = time_print };
	size_t i;

	axis_init(&c.y, true);
	axis_init(&c.x, true);
	for (i = 0; i < t->nrows; i++) {
		struct chart_series *s;

		if (t->rows[i].kind != ROW_MECH)
			continue;
		s = series_of(&c, r, t->rows[i].name);
		if (s)
			fill_percentiles(s, &t->rows[i]);
	}
	drop_empty(&c);
	add_percentile_ticks(&c);
	chart_draw(out, &c);
}
