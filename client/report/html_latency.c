/*
 * Panels of latency (html_bars.h): of each row how often a call took how long,
 * on a logarithmic axis that all panels share, with the median, p99, and the
 * medians of floor and stock marked.
 */
#include <math.h>
#include <string.h>

#include "report/figures.h"
#include "report/html_bars.h"
#include "report/html_chart.h"
#include "report/html_out.h"

enum { BINS = 60, HALF = 11 };	/* of a shape; pixels above its middle */

enum { P50, P99, FLOOR, STOCK };

static double
other_p50(const struct table *t, const char *name)
{
	return row_percentile_ns(table_row(t, name), 50);
}

static void
get(const struct facet_row *row, double v[BARS_VALUES])
{
	v[P50] = row_percentile_ns(row->row, 50);
	v[P99] = row_percentile_ns(row->row, 99);
	v[FLOOR] = other_p50(row->t, row->row->floor_name);
	v[STOCK] = other_p50(row->t, row->row->stock_name);
}

/* Calls in each part of the axis; those beyond it count at its ends. */
static void
count_bins(double bins[BINS], const struct hist *h, const struct axis *a)
{
	memset(bins, 0, BINS * sizeof(bins[0]));
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		double at;

		if (h->buckets[i] == 0)
			continue;
		at = axis_at(a, fmax((double)hist_bucket_value(i), 1));
		bins[(int)fmin(fmax(at * BINS / 100, 0), BINS - 1)] +=
		    h->buckets[i];
	}
}

/* Few calls leave gaps where there are none: neighbours share. */
static double
smooth(const double bins[BINS], int i)
{
	double left = i > 0 ? bins[i - 1] : 0;
	double right = i + 1 < BINS ? bins[i + 1] : 0;

	return (left + 2 * bins[i] + right) / 4;
}

/* Heights are square roots of counts, so that tails can be seen. */
static void
draw_shape(const struct bars *b, const struct hist *h, unsigned middle)
{
	double bins[BINS], most = 0;
	int first = 0, last = BINS - 1;

	count_bins(bins, h, &b->axis);
	for (int i = 0; i < BINS; i++)
		most = fmax(most, smooth(bins, i));
	while (first < last && smooth(bins, first) <= 0)
		first++;
	while (last > first && smooth(bins, last) <= 0)
		last--;
	if (most <= 0)
		return;
	fprintf(b->out, "<svg y=\"%u\" width=\"100%%\" height=\"%d\" "
	    "viewBox=\"0 0 %d 200\" preserveAspectRatio=\"none\"><path "
	    "class=\"shape\" d=\"M%d 100", middle - HALF, 2 * HALF, BINS,
	    first);
	for (int i = first; i <= last; i++)
		fprintf(b->out, "L%d.5 %.0f", i,
		    100 - 100 * sqrt(smooth(bins, i) / most));
	fprintf(b->out, "L%d 100", last + 1);
	for (int i = last; i >= first; i--)
		fprintf(b->out, "L%d.5 %.0f", i,
		    100 + 100 * sqrt(smooth(bins, i) / most));
	fputs("Z\"/></svg>", b->out);
}

static void
draw_tick(const struct bars *b, const char *class, double ns, unsigned middle,
    unsigned half)
{
	double x = axis_at(&b->axis, ns);

	if (!isnan(ns))
		fprintf(b->out, "<line class=\"%s\" x1=\"%.2f%%\" "
		    "x2=\"%.2f%%\" y1=\"%u\" y2=\"%u\"/>", class, x, x,
		    middle - half, middle + half);
}

static void
draw_path(const struct bars *b, const char *class, const char *path, double ns,
    unsigned middle)
{
	if (!isnan(ns))
		fprintf(b->out, "<svg x=\"%.2f%%\" y=\"%u\"><path "
		    "class=\"%s\" d=\"%s\"/></svg>", axis_at(&b->axis, ns),
		    middle, class, path);
}

static void
draw(const struct bars *b, const struct facet_row *row,
    const double v[BARS_VALUES], unsigned middle)
{
	draw_shape(b, row->row->hist, middle);
	if (!isnan(v[P99]))
		fprintf(b->out, "<line class=\"range\" x1=\"%.2f%%\" "
		    "x2=\"%.2f%%\" y1=\"%u\" y2=\"%u\"/>",
		    axis_at(&b->axis, v[P50]), axis_at(&b->axis, v[P99]),
		    middle, middle);
	draw_tick(b, "range", v[P99], middle, 5);
	draw_tick(b, "floor", v[FLOOR], middle, 9);
	draw_path(b, "stock", "M0-5 5 0 0 5-5 0Z", v[STOCK], middle);
	draw_path(b, "dot", html_mark(0), v[P50], middle);
}

/* From the fastest call to p99.9, or what there is enough of. */
static void
include(struct axis *a, const struct facet_row *row)
{
	static const double ps[] = { 50, 90, 99, 99.9 };
	double v[BARS_VALUES];

	if (!row_counts(row->row))
		return;
	get(row, v);
	for (unsigned i = 0; i < BARS_VALUES; i++)
		axis_include(a, v[i]);
	for (unsigned i = 0; i < sizeof(ps) / sizeof(ps[0]); i++)
		axis_include(a, row_percentile_ns(row->row, ps[i]));
	axis_include(a, (double)hist_percentile(row->row->hist, 0.1));
}

bool
charts_of_latency(struct canvas *s, const struct result *r)
{
	struct facet f;
	struct bars b = { .canvas = s, .f = &f, .print = time_print,
	    .what = "Latency, a row each", .get = get, .draw = draw,
	    .heads = { "p50", "p99", "floor", "stock" },
	    .columns = { P50, P99 }, .scale = 1e-3 };
	size_t n = facets_count(r);

	axis_init(&b.axis, true);
	for (size_t i = 0; i < n; i++) {
		facet_fill(&f, r, i);
		for (unsigned k = 0; k < f.nrows; k++)
			include(&b.axis, &f.rows[k]);
	}
	if (!axis_settle(&b.axis))
		return false;
	canvas_about(s, "Values in \u00b5s. A shape's height is the square root "
	    "of how many calls took so long; the dot is p50, the line ends at "
	    "p99. Bar: p50 of the floor; diamond: p50 of stock.");
	for (size_t i = 0; i < n; i++) {
		facet_fill(&f, r, i);
		bars_draw(&b);
	}
	return true;
}
