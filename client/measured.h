/*
 * What a measurement came to. A row that failed says why and fails nothing
 * while others were measured; where none was there is no result, but an error.
 */
#ifndef RPCALL_MEASURED_H
#define RPCALL_MEASURED_H

#include "failure.h"
#include "measure/result.h"

/*
 * 0; or f's code negated where row was not measured, or is void, or not one of
 * its calls was answered as it should be.
 */
int measured_row(const struct row *row, struct failure *f);

/*
 * 0 where a mechanism of r came to something in one of the tables. Else f's
 * code negated: that of them all where they have the same, EXIT_UNREACHABLE
 * where they differ; f says of each mechanism why.
 */
int measured_any(const struct result *r, struct failure *f);

/* The same of attempts to begin: what kept each of several from it. */
struct attempts {
	unsigned n;		/* that failed */
	int code;		/* of all of them; EXIT_UNREACHABLE if mixed */
	unsigned shown;		/* of these: in lines */
	struct failure first;
	char lines[448];	/* "  NAME  WHY", whole ones */
};

void attempts_add(struct attempts *a, const char *name,
    const struct failure *f);

/* Fills f with what they came to; returns its code, negated. */
int attempts_failed(const struct attempts *a, struct failure *f);

#endif
