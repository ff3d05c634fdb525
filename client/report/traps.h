/*
 * Traps: conditions under which numbers are right and yet mislead, each found
 * in the result and said with what it does. remarks.c collects them.
 */
#ifndef RPCALL_TRAPS_H
#define RPCALL_TRAPS_H

#include "report/remarks.h"

enum {
	TRAP_PIPE_BYTES = 64 << 10,	/* the kernel's usual pipe */
	TRAP_STOCK_LOCAL = 9000,	/* libtirpc's buffer, its local transport */
};

/* Hands every trap that r fell into to say, as a warning. */
void traps(const struct result *r, remark_fn *say, void *arg);

#endif
