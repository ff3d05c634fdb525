/*
 * Tables for the terminal: cells are wrapped so that a table never exceeds
 * its width, and control characters in them are shown as '?'. text.c fills
 * a grid row by row and prints it.
 */
#ifndef RPCALL_GRID_H
#define RPCALL_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { GRID_COLUMNS_MAX = 16 };

enum grid_style { GRID_PLAIN, GRID_HEAD, GRID_DIM, GRID_BAD, GRID_GOOD };

struct grid_row {
	enum grid_style style;
	char *cell[GRID_COLUMNS_MAX];	/* NULL beyond the last */
	char *span;		/* takes the place of cells not given */
};

struct grid {
	unsigned ncolumns;
	unsigned first_right;	/* from this column on, aligned right */
	struct grid_row *rows;
	size_t nrows;
	unsigned filled;	/* cells of the last row */
	int err;		/* -ENOMEM once memory ran out */
};

void grid_init(struct grid *g, unsigned ncolumns, unsigned first_right);
void grid_row(struct grid *g, enum grid_style style);

/* Adds a cell to the last row; text is copied, '\n' starts a line in it. */
void grid_cell(struct grid *g, const char *text);

/* Ends the last row with text that may run over all columns left. */
void grid_span(struct grid *g, const char *text);

/* At most width columns wide. Returns 0, or -ENOMEM from earlier on. */
int grid_print(const struct grid *g, FILE *out, unsigned width, bool color);

void grid_release(struct grid *g);

/* Prints text as a cell would be, on a line of its own. */
void grid_line(FILE *out, const char *text);

/* Prints text wrapped to width; lines but the first are indented by indent. */
void grid_paragraph(FILE *out, const char *text, unsigned indent,
    unsigned width);

#endif
