/*
 * A table as text, which the terminal's, the Markdown and the HTML report lay
 * out each in its way: for those tables of a result whose figures are the same
 * in all of them. sheets() makes all that a result has.
 */
#ifndef RPCALL_REPORT_SHEET_H
#define RPCALL_REPORT_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/result.h"

enum { SHEET_TITLE = 176, SHEET_ABOUT = 2048 };

struct sheet {
	char title[SHEET_TITLE];
	char about[SHEET_ABOUT];	/* how it was found; what is not there */
	unsigned ncolumns;
	bool words;			/* cells are text, not figures */
	char **cells;			/* row by row; the first is the head */
	size_t ncells;
	int err;			/* -ENOMEM once memory ran out */
};

void sheet_init(struct sheet *s, const char *title, unsigned ncolumns);

/* The next cell; text is copied. In a head '\n' stands before a unit. */
void sheet_cell(struct sheet *s, const char *text);

/* Adds a sentence to what is said about it. */
__attribute__((format(printf, 2, 3)))
void sheet_say(struct sheet *s, const char *format, ...);

void sheet_release(struct sheet *s);

/* Cell of that row and column, from 0; the head is row 0. */
const char *sheet_at(const struct sheet *s, size_t row, unsigned column);
size_t sheet_rows(const struct sheet *s);

/* Lays one out: 0 or -errno. */
typedef int sheet_fn(void *arg, const struct sheet *s);

/* Calls lay_out() for each sheet of r, until one fails: 0 or -errno. */
int sheets(const struct result *r, sheet_fn *lay_out, void *arg);

/* The files that r was read from, and what differs, sources.c; of several. */
int sources_sheet(const struct result *r, sheet_fn *lay_out, void *arg);

/* What setting up costs, setup_sheet.c: 0 without a row, or -errno. */
int setup_sheet(const struct result *r, sheet_fn *lay_out, void *arg);

/* Where the time of a call goes, and what it costs each end, parts_sheet.c. */
int parts_sheets(const struct result *r, sheet_fn *lay_out, void *arg);

#endif
