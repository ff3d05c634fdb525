/*
 * What is to be said about .x files: where, how bad, and an excerpt. Kept in
 * the order of finding, for the verb to print.
 */
#ifndef RPCALL_IDL_DIAG_H
#define RPCALL_IDL_DIAG_H

#include <stdint.h>

#include "excerpt.h"

struct place;

enum { DIAGS_MAX = 50 };	/* kept of each kind; the rest is counted */

enum diag_kind {
	DIAG_ERROR,	/* not the RPC language: no schema */
	DIAG_RPCGEN,	/* sound, but rpcgen 1.4.3 refuses it or errs */
	DIAG_WARNING,	/* usable with care */
	DIAG_KINDS,
};

struct diag {
	enum diag_kind kind;
	char file[128];
	char text[200];
	struct excerpt excerpt;	/* line 0: about the file as a whole */
};

struct diags {
	struct diag *list;
	unsigned n, count[DIAG_KINDS];
};

/* Adds one; at may be NULL, then it is about no line of file. */
__attribute__((format(printf, 5, 6))) void
diag_add(struct diags *d, enum diag_kind kind, const char *file,
    const struct place *at, const char *fmt, ...);

/* Sorts by file and place, errors or not. */
void diags_sort(struct diags *d);

void diags_release(struct diags *d);

#endif
