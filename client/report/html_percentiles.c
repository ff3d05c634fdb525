/*
 * Latency over its percentiles, up to the slowest call: charts of html_chart.h
 * whose x axis has a decade for each further nine.
 */
#include <math.h>
#include <stdio.h>

#include "report/figures.h"
#include "report/html_chart.h"
#include "report/html_out.h"

/* Of many loads so many are drawn, from the first to the last. */
enum { LOADS_DRAWN = 8 };

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

static const double step = 1.3335;	/* an eighth of a decade */

/* Marks at the percentiles, and points between them that show the bends. */
static void
add_firm(struct chart_series *s, const struct row *row)
{
	double x, next;

	for (unsigned i = 0; i < NPERCENTILES; i++) {
		x = one_in(percentiles[i]);
		next = i + 1 < NPERCENTILES ? one_in(percentiles[i + 1]) : x;
		chart_add(s, x, row_percentile_ns(row, percentiles[i]),
		    MARK_POINT);
		for (x *= step; x * 1.1 < next; x *= step)
			chart_add(s, x,
			    row_percentile_ns(row, percentile_at(x)),
			    MARK_NONE);
	}
	s->nfirm = s->npoints;
}

/* From there to the slowest of all, of which there is one in count. */
static void
add_beyond(struct chart_series *s, const struct row *row)
{
	double count, x;

	if (s->nfirm == 0 || !row_counts(row))
		return;
	count = (double)row->hist->count;
	for (x = s->point[s->nfirm - 1].x * step; x < count &&
	    s->npoints < CHART_POINTS_MAX - 1; x *= step)
		chart_add(s, x, (double)hist_percentile(row->hist,
		    percentile_at(x)), MARK_NONE);
	chart_add(s, fmax(count, s->point[s->npoints - 1].x),
	    (double)row->hist->max, MARK_END);
}

static void
add_row(struct chart *c, const struct facet_row *at, unsigned colour)
{
	struct chart_series *s = chart_series(c, at->name, colour);

	if (s == NULL || s->npoints > 0)
		return;
	add_firm(s, at->row);
	add_beyond(s, at->row);
}

static void
draw(struct canvas *canvas, const struct facet *f)
{
	unsigned most = f->of_loads ? LOADS_DRAWN : CHART_SERIES_MAX;
	unsigned n = f->nrows < most ? f->nrows : most;
	struct chart c = { .title = f->title, .note = "",
	    .x_title = "percentile", .end = "slowest",
	    .print_x = print_percentile, .print_y = time_print };
	char note[64];

	for (unsigned i = 0; i < n; i++) {
		unsigned k = n > 1 ? i * (f->nrows - 1) / (n - 1) : 0;

		add_row(&c, &f->rows[k], f->of_loads ? i : f->rows[k].colour);
	}
	if (n < f->nrows) {
		snprintf(note, sizeof(note), "%u of %u are drawn.", n,
		    f->nrows);
		c.note = note;
	}
	chart_draw(canvas, &c);
}

bool
charts_of_percentiles(struct canvas *s, const struct result *r)
{
	struct facet f;

	canvas_about(s, "Each step to the right is ten times rarer. A line is "
	    "whole as far as 10 samples lie beyond; dots lead on to the "
	    "slowest call.");
	for (size_t i = 0; i < facets_count(r); i++) {
		facet_fill(&f, r, i);
		draw(s, &f);
	}
	return r->ntables > 0;
}
