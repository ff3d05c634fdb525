/*
 * What a daemon says of itself at one time: REFLECT's answers, all their
 * pages put together, sorted, and free of what a terminal or a report should
 * not be sent. The daemon is not trusted: everything has a bound.
 */
#ifndef RPCALL_SNAPSHOT_H
#define RPCALL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"
#include "reflect.h"
#include "reflect/ask.h"

/* Most items of a kind, and most figures and limits, taken from a daemon. */
enum { SNAPSHOT_ITEMS = 16384, SNAPSHOT_VALUES = 1024 };

/* Arrays hold all pages; `next` and cursors mean nothing here. */
struct snapshot {
	reflect_info info;
	reflect_list list;
	reflect_stats stats;	/* rows sorted by program, version, procedure,
				 * mechanism; those that found none last */
	uint64_t at;		/* clock_ns() when it was asked for */
};

/*
 * Each asks for all pages of one kind, into s, which began as zeroes: 0, or
 * f's code negated (EXIT_PROG_UNAVAIL with a hint where there is no REFLECT).
 */
int snapshot_info(struct snapshot *s, CLIENT *clnt, struct failure *f);
int snapshot_list(struct snapshot *s, CLIENT *clnt, struct failure *f);
int snapshot_stats(struct snapshot *s, CLIENT *clnt, struct failure *f);

/* Of snapshot_stats(): sorts the rows and refuses what rows cannot be. */
int snapshot_check(struct snapshot *s, struct failure *f);

/* Frees the rows; those and the figures; all. */
void snapshot_clear_rows(struct snapshot *s);
void snapshot_clear_stats(struct snapshot *s);
void snapshot_release(struct snapshot *s);

/*
 * Fills delta's rows, which are its own, with what now has more than before;
 * a daemon that was started again has added everything. delta's figures are
 * now's. 0 or -ENOMEM.
 */
int snapshot_since(struct snapshot *delta, const struct snapshot *now,
    const struct snapshot *before);

/* The order of rows, as qsort(3) takes it; two rows are never equal. */
int row_compare(const void *a, const void *b);

/* The names of a row's program ("ECHO") and procedure ("NULL"); numbers where
 * the daemon gives none. Return out. */
const char *row_program(const struct snapshot *s, const reflect_row *r,
    char *out, size_t size);
const char *row_procedure(const struct snapshot *s, const reflect_row *r,
    char *out, size_t size);

/* A procedure's own name without its program's: "NULL" of "ECHO_NULL". */
const char *procedure_short(const reflect_procedure *p);

/* Errors of a row by name, in the order of idl/reflect.x. */
enum { ROW_ERRORS = 9 };
struct row_error {
	const char *name;
	uint64_t count;
};
void row_errors(const reflect_row *r, struct row_error errors[ROW_ERRORS]);
uint64_t row_errors_sum(const reflect_row *r);

/* Calls in the row's histogram. */
uint64_t row_timed(const reflect_row *r);

/*
 * The time in ns within which p (0 to 100) percent of a row's calls ended,
 * interpolated within a bucket; -1 where it is not sure that 10 calls were
 * measured that took longer.
 */
double row_percentile(const reflect_row *r, double p);

#endif
