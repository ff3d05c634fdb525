/*
 * The charts of the HTML report, drawn as SVG by us. A chart that its data
 * does not fill (one payload size only, say) says so in a sentence, or is not
 * there.
 */
#ifndef RPCALL_HTML_CHART_H
#define RPCALL_HTML_CHART_H

#include "measure/result.h"
#include "report/facet.h"
#include "report/html_axis.h"
#include "report/html_canvas.h"

enum { CHART_SERIES_MAX = 16, CHART_POINTS_MAX = 72, CHART_NAME = 160 };

enum chart_mark {
	MARK_NONE,		/* a bend of the line */
	MARK_POINT,
	MARK_HOLLOW,		/* what the chart's hollow says is true of it */
	MARK_END,		/* the largest value: of no tick of the x axis */
};

struct chart_point {
	double x, y;
	enum chart_mark mark;
};

struct chart_series {
	char name[CHART_NAME];
	unsigned colour;
	struct chart_point point[CHART_POINTS_MAX];	/* by x */
	unsigned npoints;
	unsigned nfirm;		/* so many are joined by a whole line, the
				 * others by dots; 0: all are firm */
};

/* Lines over one x axis whose ticks are given, each labelled at its end. */
struct chart {
	const char *title, *note;	/* note may be "" */
	const char *x_title;
	const char *hollow;	/* of points with MARK_HOLLOW */
	const char *end;	/* of points with MARK_END */
	struct axis x, y;	/* not yet settled */
	void (*print_x)(char buf[32], double v);
	void (*print_y)(char buf[32], double v);
	struct chart_series series[CHART_SERIES_MAX];
	unsigned nseries;
	unsigned left_out;	/* series there was no room for */
};

/* html_series.c: in order of x; what is NAN is left out. */
void chart_add(struct chart_series *s, double x, double y,
    enum chart_mark mark);

/* The series of that name, begun if it is new; NULL: there are too many. */
struct chart_series *chart_series(struct chart *c, const char *name,
    unsigned colour);

/* Drops series without points, and settles the axes: is there a line? */
bool chart_settle(struct chart *c);

/* Values of x that points with a mark have, but for the end, each once. */
unsigned chart_xs(const struct chart *c, double xs[CHART_POINTS_MAX]);

/* html_lines.c */
void chart_draw(struct canvas *s, struct chart *c);

/* html_values.c: the table behind it. */
void chart_values(struct canvas *s, const struct chart *c);

/* html_sweeps.c: of each group of loads that differ in one thing alone. */
bool charts_by_size(struct canvas *s, const struct result *r);
bool charts_by_concurrency(struct canvas *s, const struct result *r);
bool charts_by_rate(struct canvas *s, const struct result *r);

/* html_percentiles.c: of each facet. */
bool charts_of_percentiles(struct canvas *s, const struct result *r);

/* html_latency.c, html_cpu.c: likewise, the first on a common axis. */
bool charts_of_latency(struct canvas *s, const struct result *r);
bool charts_of_cpu(struct canvas *s, const struct result *r);

#endif
