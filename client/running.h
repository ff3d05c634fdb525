/*
 * The progress line of a measurement: what runs, which of its rounds, and what
 * the rounds before it gave.
 */
#ifndef RPCALL_RUNNING_H
#define RPCALL_RUNNING_H

#include "measure/compare.h"

/* A comparison's progress. */
void running_show(const struct comparison *c, size_t done, size_t all,
    const struct table *table, const struct row *row);

/* What is going to be measured, and an estimate of the seconds that takes: for
 * a terminal, and returned. */
double running_plan(const struct comparison *c);

#endif
