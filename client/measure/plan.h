/*
 * How long a comparison takes: which rows are in which table, what a round of
 * each costs, and how a budget of time is shared among tables.
 */
#ifndef RPCALL_PLAN_H
#define RPCALL_PLAN_H

#include "measure/compare.h"

enum { PLAN_ROUNDS = 10 };	/* that a budget should have room for */

/* Has that table, of c's, a row of s? */
bool plan_has_row(const struct comparison *c, size_t table,
    const struct subject *s);

/* Rows of that table; and of all tables. */
size_t plan_rows(const struct comparison *c, size_t table);
size_t plan_rows_in_all(const struct comparison *c);

/* What s is measured in one round, in ns. */
uint64_t plan_row_ns(const struct comparison *c, const struct subject *s);

/* An estimate, in ns, of one round of that table: opening, warm-up, closing
 * included. */
uint64_t plan_round_ns(const struct comparison *c, size_t table);

/* The same of all rounds of all tables; no more than is left until c->end_ns. */
uint64_t plan_all_ns(const struct comparison *c);

/* Where there is an end: rounds become so short that PLAN_ROUNDS fit, and no
 * shorter than 2 ms. */
void plan_fit(struct comparison *c);

/* When that table, which begins now, should be over by: its share of what is
 * left for it and all after it. UINT64_MAX without an end. */
uint64_t plan_table_end(const struct comparison *c, size_t table);

#endif
