/*
 * The procedures of a program with what they take and give, as `rpcall list
 * TARGET PROGRAM` shows them.
 */
#ifndef RPCALL_SIGNATURES_H
#define RPCALL_SIGNATURES_H

#include <stdbool.h>
#include <stdio.h>

#include "idl/names.h"
#include "present.h"
#include "report/jsonw.h"

/* Versions of one program, each as found in a schema, or not described. */
enum { SIGNATURES_VERSIONS = 32 };
struct signatures {
	struct procedure versions[SIGNATURES_VERSIONS];
	size_t n;
};

/*
 * The versions that text ("NFS", "NFS/3", "100003") means, of those that p
 * knows of; of all that lib describes where p is NULL or nobody could be
 * asked: 0, or f's code negated: EXIT_USAGE, EXIT_UNREACHABLE,
 * EXIT_PROG_UNAVAIL.
 */
int signatures_find(struct signatures *s, struct library *lib,
    const struct present *p, const char *text, struct failure *f);

/* A table, a line each; or "procedures" of a document: 0 or -errno. */
int signatures_print(FILE *out, const struct signatures *s, bool color);
int signatures_put(struct jsonw *w, const struct signatures *s);

#endif
