/*
 * Axes of the charts: from values to percent of the plot, and the ticks.
 * Positions are percentages, not pixels, so that a chart takes any width and
 * its lettering keeps its size.
 */
#ifndef RPCALL_HTML_AXIS_H
#define RPCALL_HTML_AXIS_H

#include <stdbool.h>

enum { AXIS_TICKS_MAX = 16 };

struct axis {
	double low, high;
	bool log;
};

/* An empty axis; include every value, then settle it. */
void axis_init(struct axis *a, bool log);

/* Ignores NAN, and what a logarithm has no place for. */
void axis_include(struct axis *a, double v);

/*
 * Adds a margin; a linear axis starts at 0. Returns false if it is empty,
 * and nothing can be drawn.
 */
bool axis_settle(struct axis *a);

/* Where v lies, 0 (low) to 100 (high). */
double axis_at(const struct axis *a, double v);

/*
 * Round values within the axis, about as many as wanted and no more than
 * AXIS_TICKS_MAX; returns how many.
 */
unsigned axis_ticks(const struct axis *a, unsigned wanted,
    double ticks[AXIS_TICKS_MAX]);

#endif
