/*
 * Does a result pass? The options by which bench and compare judge what they
 * measured, and compare two saved results (report/regress.h has the rules);
 * and by which others follow a run while it lasts.
 */
#ifndef RPCALL_GATE_H
#define RPCALL_GATE_H

#include <stdio.h>

#include "measure/compare.h"
#include "options.h"
#include "report/regress.h"
#include "report/save.h"

struct gate_options {
	struct option_list fail_if;
	const char *against, *junit, *lines;
};

/* The same rows in the table of either verb. */
#define GATE_OPTIONS(o) \
	{ "fail-if", 0, OPTION_LIST, "LIMIT", "exit with 1 when it holds: " \
	    "'p99 > 500us', 'p99 > +10%'; with 65 when that cannot be told", &(o).fail_if }, \
	{ "against", 0, OPTION_TEXT, "FILE", "the saved result that percents " \
	    "are held against", &(o).against }, \
	{ "junit", 0, OPTION_TEXT, "FILE", "write there how each row fared", \
	    &(o).junit }, \
	{ "lines", 0, OPTION_TEXT, "FILE", "write each round there as it " \
	    "ends, as a line of JSON (-: stdout)", &(o).lines }

struct gate {
	struct threshold limits[THRESHOLDS_MAX];
	size_t n;
	const char *junit;
	struct lines lines;
	bool has_old;
	struct result old;
};

/*
 * Reads the options, and the older result, before anything is measured: 0,
 * or f's code negated. gate_close() in either case, while g is where it was.
 */
int gate_open(struct gate *g, const struct gate_options *o,
    struct failure *f);

/* Is it one saved result, where a procedure may stand? None has such a name.
 * f's code negated; or 0. */
int gate_is_alone(const char *name, struct failure *f);

/* Has c write its rounds to the lines that were asked for. */
void gate_follow(struct gate *g, struct comparison *c);

/*
 * Ends the lines, judges r, and writes the findings to out (if there is
 * anything to judge by) and to the JUnit file: 0; or f's code negated, EXIT_NO
 * with a broken limit, EXIT_DATA with one that cannot be judged.
 */
int gate_judge(struct gate *g, const struct result *r, FILE *out,
    struct failure *f);
void gate_close(struct gate *g);

#endif
