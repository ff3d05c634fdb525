/*
 * Thresholds on results, as the user writes them:
 *
 *	p99 > 500us	absolute: the row's p99 is over half a millisecond
 *	p99 > +10%	relative: it is over 1.1 times that of the older result
 *	calls/s < -5%	relative: fewer than 0.95 times as many
 *	errors > 0
 *
 * A threshold that holds is broken: it says what must not be.
 */
#ifndef RPCALL_THRESHOLD_H
#define RPCALL_THRESHOLD_H

#include <stdbool.h>

#include "failure.h"
#include "measure/result.h"

enum { THRESHOLD_TEXT = 48 };

/* A figure that thresholds and comparisons of results know. */
struct metric {
	const char *name;
	enum metric_unit { METRIC_NS, METRIC_COUNT } unit;
	double (*of_row)(const struct row *row);	/* NAN: unknown */
	/* The same of one round, for intervals; NULL: not known by round. */
	double (*of_round)(const struct round *round);
	double percentile;	/* that it is, else 0 */
};

/* Ended by one without a name. */
extern const struct metric metrics[];

/* The one whose name are these n bytes, or NULL. */
const struct metric *metric_find(const char *name, size_t n);

struct threshold {
	char text[THRESHOLD_TEXT];	/* as written */
	const struct metric *metric;
	bool below;			/* broken when less, not more */
	bool relative;
	double limit;			/* ns, a count, or a ratio to the old */
};

/* Parses text, of that option: 0, or f's code negated, EXIT_USAGE. */
int threshold_parse(struct threshold *t, const char *option, const char *text,
    struct failure *f);

/* Is v beyond the limit? Never with NAN. */
bool threshold_broken(const struct threshold *t, double v);

/* "8.12 us", "31,200", "-" for NAN. */
void metric_print(char buf[32], const struct metric *m, double v);

#endif
