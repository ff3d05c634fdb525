/*
 * What stands together in one chart or table of the page. A comparison has a
 * facet for each load, with a row for each mechanism. Where every load was
 * put on one mechanism, as bench does, it is the other way round: a facet for
 * each mechanism, with a row for each load.
 */
#ifndef RPCALL_REPORT_FACET_H
#define RPCALL_REPORT_FACET_H

#include "measure/result.h"

enum { FACET_ROWS_MAX = 64, FACET_NAME = 160 };

struct facet_row {
	const struct table *t;
	const struct row *row;
	char name[FACET_NAME];	/* of the mechanism, or of the load */
	unsigned colour;
};

struct facet {
	const char *title;
	bool of_loads;
	struct facet_row rows[FACET_ROWS_MAX];
	unsigned nrows;
	unsigned left_out;	/* rows there was no room for */
};

bool facets_of_loads(const struct result *r);
size_t facets_count(const struct result *r);

/* The i-th; f points into r. */
void facet_fill(struct facet *f, const struct result *r, size_t i);

/* Place of the mechanism among all that r knows. */
unsigned facet_place(const struct result *r, const char *name);

/* Was that row measured in more than one of the files that r was read from? */
bool facet_of_many(const struct result *r, const char *name);

#endif
