/*
 * The charts of the HTML report, drawn as SVG by us. A chart that its data
 * does not fill (one payload size only, say) says so in a sentence.
 */
#ifndef RPCALL_HTML_CHART_H
#define RPCALL_HTML_CHART_H

#include <stdio.h>

#include "measure/result.h"
#include "report/html_axis.h"

enum { CHART_SERIES_MAX = 16, CHART_POINTS_MAX = 48 };

struct chart_point {
	double x, y;
	bool mark;		/* draw a dot with its value */
};

struct chart_series {
	const char *name;
	unsigned colour;
	struct chart_point point[CHART_POINTS_MAX];
	unsigned npoints;
};

/* Lines over one x axis whose ticks are given, each labelled at its end. */
struct chart {
	const char *title, *note;	/* note may be "" */
	struct axis x, y;		/* not yet settled */
	double xtick[AXIS_TICKS_MAX];
	unsigned nxticks;
	void (*print_x)(char buf[32], double v);
	void (*print_y)(char buf[32], double v);
	struct chart_series series[CHART_SERIES_MAX];
	unsigned nseries;
};

/* html_lines.c */
void chart_draw(FILE *out, struct chart *c);

/* html_charts.c */
void chart_latency_by_size(FILE *out, const struct result *r);
void chart_throughput_by_size(FILE *out, const struct result *r);
void chart_percentiles(FILE *out, const struct result *r,
    const struct table *t);

/* html_bars.c: one panel per table, the latency ones on a common axis */
void chart_latency_panels(FILE *out, const struct result *r);
void chart_cpu_panels(FILE *out, const struct result *r);

#endif
