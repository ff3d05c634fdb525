/*
 * A finished comparison (measure/result.h) written out: for the terminal,
 * as JSON ("schema": "rpcall/compare/1"), CSV, Markdown, one HTML file, SVG, and
 * HdrHistogram's files. formats.h lists them.
 * All return 0 or -errno of the first write that failed.
 */
#ifndef RPCALL_REPORT_H
#define RPCALL_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "measure/result.h"

/* Tables for the terminal, at most 100 columns; color adds SGR sequences. */
int report_text(const struct result *r, FILE *out, bool color);

int report_json(const struct result *r, FILE *out);

/* One line per row of every table; the first line names the columns. */
int report_csv(const struct result *r, FILE *out);

/* Markdown, with tables as GitHub has them. */
int report_markdown(const struct result *r, FILE *out);

/*
 * HdrHistogram's text format of every row that counts, in microseconds; a
 * file that its plotter is to read holds one (result_select()).
 */
int report_hgrm(const struct result *r, FILE *out);

/* Self-contained: inline CSS and SVG, no script needed to read it, no net. */
int report_html(const struct result *r, FILE *out);

/*
 * The charts of one subject, as report_has_chart() knows it, or with NULL of
 * all, as one SVG file. -ENODATA: r has nothing to draw there.
 */
int report_svg_chart(const struct result *r, const char *name, FILE *out);
int report_svg(const struct result *r, FILE *out);
bool report_has_chart(const char *name);

#endif
