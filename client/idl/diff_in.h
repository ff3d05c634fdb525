/*
 * Comparing interfaces, inside: diff.c and diff_types.c.
 */
#ifndef RPCALL_IDL_DIFF_IN_H
#define RPCALL_IDL_DIFF_IN_H

#include "idl/diff.h"

/* A second's work at most: whose interfaces they are nobody knows. */
enum { DIFF_WORK = 200000000 };

struct pair {
	const struct idl_type *a, *b;
};

struct diff {
	struct changes *changes;
	char where[400];	/* what is compared: "KV/1.PUT argument .key" */
	bool result;		/* types are a result's, else an argument's */
	struct pair *seen;	/* equal, or being compared just now */
	size_t nseen, room;
	uint64_t work;		/* looks at seen, at most DIFF_WORK */
	int err;
};

__attribute__((format(printf, 3, 4))) void
diff_add(struct diff *d, bool breaking, const char *fmt, ...);

/* Adds to where: what to give to diff_leave(). */
__attribute__((format(printf, 2, 3))) size_t
diff_enter(struct diff *d, const char *fmt, ...);
void diff_leave(struct diff *d, size_t n);

void diff_types(struct diff *d, const struct idl_type *a,
    const struct idl_type *b);

#endif
