/*
 * What charts are drawn on: figures of the HTML page, or one SVG file in which
 * they stand below one another. A chart opens a figure, draws its plot into
 * it, and closes it; html_canvas.c knows what goes around.
 */
#ifndef RPCALL_HTML_CANVAS_H
#define RPCALL_HTML_CANVAS_H

#include <stdbool.h>
#include <stdio.h>

/* Pixels to the sides of the plot of a figure, and below it. */
enum plot { PLOT_BARS, PLOT_LINES };

/* Of an SVG file: pixels, and around its figures and between them. */
enum { CANVAS_WIDTH = 720, CANVAS_EDGE = 24 };

struct canvas {
	FILE *out;
	bool alone;		/* an SVG file */
	unsigned y;		/* of that: where the next figure begins */
	unsigned nfigures;
};

/*
 * An image of that height, "what: title" to those who do not see it. note may
 * be "". Between the two calls SVG is written, in whose width 100% are the
 * plot's.
 */
void canvas_open(struct canvas *s, enum plot plot, const char *what,
    const char *title, const char *note, unsigned height);
void canvas_close(struct canvas *s);

/* A figure that has nothing to show says why. */
void canvas_none(struct canvas *s, const char *title, const char *why);

/* The table of values behind the figure that was just drawn, of the page. */
void canvas_values_open(struct canvas *s, const char *title);
void canvas_values_close(struct canvas *s);

/* What all figures of a kind have in common, told once: of an SVG file. */
void canvas_about(struct canvas *s, const char *text);

#endif
