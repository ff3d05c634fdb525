/*
 * Panels of horizontal bars, a row for each of a facet's; html_latency.c and
 * html_cpu.c draw into the rows.
 *
 *	name |   o======      |  left  right
 *	     +----------------+
 *	       10    100 µs
 *
 * Lengths along x are percentages, so a panel takes any width.
 */
#ifndef RPCALL_HTML_BARS_H
#define RPCALL_HTML_BARS_H

#include "report/facet.h"
#include "report/html_axis.h"
#include "report/html_canvas.h"

enum { BARS_VALUES = 4 };	/* of a row, in the table behind the panel */

/* One panel while it is being drawn. */
struct bars {
	struct canvas *canvas;
	FILE *out;		/* of canvas */
	const struct facet *f;
	struct axis axis;	/* settled */
	void (*print)(char buf[32], double v);
	const char *what;
	const char *heads[BARS_VALUES];	/* the last may be NULL */
	/* Fills what the heads say; NAN where it is unknown. */
	void (*get)(const struct facet_row *row, double v[BARS_VALUES]);
	/* Draws a row that counts around the middle of its height. */
	void (*draw)(const struct bars *b, const struct facet_row *row,
	    const double v[BARS_VALUES], unsigned middle);
	unsigned columns[2];	/* which values stand beside the row */
	double scale;		/* of these */
};

void bars_draw(struct bars *b);

#endif
