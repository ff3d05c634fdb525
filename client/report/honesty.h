/*
 * How far a measurement can be trusted: what rate was offered and achieved,
 * how late the generator itself was, and whose the CPU time was. Defined once
 * for the text, CSV and HTML reports. Of an open loop each row has a line, of
 * a closed one each table.
 */
#ifndef RPCALL_REPORT_HONESTY_H
#define RPCALL_REPORT_HONESTY_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/result.h"

struct honesty {
	const char *group;	/* of columns that share a heading */
	const char *head;
	const char *name;	/* in CSV */
	int decimals;
	double scale;		/* of what is shown, of what CSV has */
	double (*get)(const struct table *t, const struct row *row);
	bool open_loop;		/* only of such */
};

enum { HONESTY_COLUMNS = 13 };

extern const struct honesty honesty[HONESTY_COLUMNS];

/* NAN where it is not known, or says nothing of such a load. */
double honesty_get(const struct honesty *h, const struct table *t,
    const struct row *row);

/* Has a column of h a place where r is shown? */
bool honesty_applies(const struct honesty *h, const struct result *r);

typedef void honesty_fn(void *arg, const char *label, const struct table *t,
    const struct row *row);

/* Calls line() for each line; row lasts as long as the call. */
void honesty_lines(const struct result *r, honesty_fn *line, void *arg);

/* "Rounds thrown out: none; ..." */
void honesty_print(char *buf, size_t size, const struct result *r);

/* Calls per second that were answered; NAN in a closed loop. */
double row_achieved(const struct row *row);

/*
 * Was the rate of t not reached by row? Then buf, unless it is NULL, says so
 * and why.
 */
bool rate_missed(char *buf, size_t size, const struct table *t,
    const struct row *row);

#endif
