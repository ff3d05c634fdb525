/*
 * A comparison: tables of workloads, rows of subjects, rounds interleaved and
 * shuffled, so that whatever the machine does meanwhile meets all alike.
 */
#ifndef RPCALL_COMPARE_H
#define RPCALL_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"
#include "measure/result.h"
#include "measure/subject.h"

enum { COMPARE_TABLES_MAX = 64, COMPARE_ROWS_MAX = WORK_SUBJECTS_MAX };

/* One table to be measured. */
struct compare_table {
	struct work_spec spec;
	unsigned outstanding;	/* on each connection */
	unsigned connections;	/* 0 is 1 */
	uint64_t rate;		/* 0: closed loop */
	bool poisson;
};

struct comparison {
	struct compare_table tables[COMPARE_TABLES_MAX];
	size_t ntables;
	struct subject subjects[COMPARE_ROWS_MAX];
	size_t nsubjects;
	unsigned rounds;	/* at most, of each table */
	/* Rounds of a table end sooner once each ratio is known that well, as
	 * a share of it (0: never), ... */
	double tight;
	uint64_t end_ns;	/* ... or by when all is over; 0: any time */
	uint64_t round_ns;	/* measured in each round of each row */
	uint64_t warmup_ns;
	uint64_t seed;		/* of the order */
	uint64_t timeout_ns;	/* of a call */
	uint64_t spin_ns;	/* of an open loop, before a call is due */
	bool spin;
	/* Told before each round of each row; may be NULL. */
	void (*progress)(const struct comparison *c, size_t done, size_t all,
	    const struct table *table, const struct row *row);
	/* Told after each, whose round is the row's last; may be NULL. */
	void (*round)(void *arg, const struct table *table,
	    const struct row *row);
	void *round_arg;
};

/*
 * Adds a subject: its row's place in every table. A name that is taken gets a
 * number. NULL when full.
 */
struct subject *comparison_add(struct comparison *c,
    const struct subject_ops *ops, enum row_kind kind, const char *name);

/*
 * Measures all into r->tables. 0; -EINTR after Ctrl-C, with what there is; or
 * f's code negated. Rows that cannot be measured say why, and do not fail.
 */
int comparison_run(struct comparison *c, struct result *r,
    struct failure *f);

#endif
