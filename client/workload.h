/*
 * Which work bench and compare measure, as the user says it: the options that
 * both verbs have, and their checks.
 */
#ifndef RPCALL_WORKLOAD_H
#define RPCALL_WORKLOAD_H

#include <stdint.h>
#include <stdio.h>

#include "calling.h"
#include "failure.h"
#include "measure/compare.h"
#include "measure/work.h"
#include "options.h"

struct workload_options {
	const char *workload;	/* NULL: echo, or call as the rest says */
	const char *file;
	uint64_t puts;
};

#define WORKLOAD_DEFAULTS { .puts = 5 }

/* The same rows in the table of either verb. */
#define WORKLOAD_OPTIONS(o) \
	{ "workload", 0, OPTION_TEXT, "WORKLOAD", "what is measured (echo, or " \
	    "call where a procedure is named); see below", &(o).workload }, \
	{ "puts", 0, OPTION_NUMBER, "PERCENT", "of the calls of kv-mixed " \
	    "(5)", &(o).puts }, \
	{ "file", 0, OPTION_TEXT, "EXPORT/PATH", "that file-read reads, of " \
	    "a running daemon", &(o).file }

/*
 * The workload that is meant, where none may be named: call, with a procedure
 * and options or values for it; else echo.
 */
const char *workload_meant(const struct workload_options *o,
    const struct call_args *given, const char *procedure, int nvalues);

/* Is that call? */
bool workload_is_call(const struct workload_options *o,
    const struct call_args *given, const char *procedure, int nvalues);

/*
 * The spec of the workload call: plan was zeroed, and belongs to it. As
 * call_plan_make().
 */
int workload_call(struct work_spec *spec, struct call_plan *plan,
    const struct call_args *given, const struct target *t,
    const char *procedure, int n, const char **values, uint64_t seed,
    struct failure *f);

/*
 * The same by the first of c's subjects that can be reached: of them all it is
 * settled where they are, and that one is called once, for what its result is
 * like. The seed is c's.
 */
int workload_call_any(struct work_spec *spec, struct call_plan *plan,
    const struct call_args *given, struct comparison *c,
    const char *procedure, struct failure *f);

/*
 * The spec of the workload of that name, all but its size; procedure is of
 * echo and may be NULL. 0, or f's code negated.
 */
int workload_spec(struct work_spec *spec, const struct workload_options *o,
    const char *name, const char *procedure, uint64_t seed,
    struct failure *f);

/* Sets spec's size, if it may be that large: 0, or f's code negated. */
int workload_size(struct work_spec *spec, uint64_t size, struct failure *f);

/* May it have so many calls outstanding? 0, or f's code negated. */
int workload_outstanding(const struct work_spec *spec, uint64_t n,
    struct failure *f);

/* The workloads and what they do, for the help. */
void workload_help(FILE *out);

#endif
