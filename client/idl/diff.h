/*
 * What changed between two interfaces, and whether old clients still get on
 * with a new server: arguments may grow, results may shrink, never the other
 * way round.
 */
#ifndef RPCALL_IDL_DIFF_H
#define RPCALL_IDL_DIFF_H

#include "idl/schema.h"

enum { CHANGES_MAX = 1000 };

struct change {
	bool breaking;
	char where[160];	/* "KV/1.PUT argument .key" */
	char text[160];		/* "bound lowered from 9 to 5" */
};

struct changes {
	struct change *list;	/* the first CHANGES_MAX */
	size_t n, breaking;	/* all of them */
};

/* What is compared: one file's schema, or those of a server's programs. */
struct interfaces {
	struct schema *const *schemas;
	size_t n;
	bool loose;		/* a program that only this has is no change */
};

/*
 * 0, -ENOMEM, or -E2BIG where comparing would take too long. Types alone are
 * compared where there is no program.
 */
int interfaces_diff(const struct interfaces *before,
    const struct interfaces *after, struct changes *c);
void changes_release(struct changes *c);

#endif
