/*
 * Which work bench and compare measure, as the user says it: the options that
 * both verbs have, and their checks.
 */
#ifndef RPCALL_WORKLOAD_H
#define RPCALL_WORKLOAD_H

#include <stdint.h>
#include <stdio.h>

#include "failure.h"
#include "measure/work.h"
#include "options.h"

struct workload_options {
	const char *workload;
	const char *file;
	uint64_t puts;
};

#define WORKLOAD_DEFAULTS { .workload = "echo", .puts = 5 }

/* The same rows in the table of either verb. */
#define WORKLOAD_OPTIONS(o) \
	{ "workload", 0, OPTION_TEXT, "WORKLOAD", "what is measured (echo); see " \
	    "below", &(o).workload }, \
	{ "puts", 0, OPTION_NUMBER, "PERCENT", "of the calls of kv-mixed " \
	    "(5)", &(o).puts }, \
	{ "file", 0, OPTION_TEXT, "EXPORT/PATH", "that file-read reads, of " \
	    "a running daemon", &(o).file }

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
