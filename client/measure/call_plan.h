/*
 * A procedure that is to be measured, and its arguments: what the workload
 * "call" does over and over.
 */
#ifndef RPCALL_CALL_PLAN_H
#define RPCALL_CALL_PLAN_H

#include "calling.h"
#include "idl/draw.h"
#include "idl/stencil.h"

struct call_plan {
	struct calling calling;
	struct stencil stencil;
	/* What templates draw from. The same over all tables and rounds, so
	 * that what was drawn once is not drawn again. */
	struct draws draws;
	bool checked;		/* the results have a type to be held against */
	uint32_t result_len;	/* bytes of a result; 0: not known */
	/* Arguments come from JSON, and results become JSON, in every call:
	 * what that costs. values are the caller's. */
	bool through_json;
	const char **values;
	int nvalues;
	struct buf json;
};

/*
 * Finds a procedure by its name at the target t, and makes its arguments of n
 * values and the options, into p, zeroed: 0, or f's code negated.
 * call_plan_release() in either case.
 */
int call_plan_make(struct call_plan *p, const struct call_args *given,
    const struct target *t, const char *name, int n, const char **values,
    uint64_t seed, struct failure *f);

/*
 * Makes the first call, over t, to see that it is answered, and how long its
 * result is: 0, or f's code negated.
 */
int call_plan_try(struct call_plan *p, const struct target *t,
    struct failure *f);

/*
 * Makes the arguments of the next call, in memory of p->stencil.room bytes:
 * 0, or -ERANGE with p->stencil.wrong.
 */
int call_plan_next(struct call_plan *p, uint8_t *args, size_t *len);

/* Is body, with its len bytes, a result of that procedure? */
bool call_plan_accepts(struct call_plan *p, const uint8_t *body,
    size_t len);

void call_plan_release(struct call_plan *p);

#endif
