/*
 * rpcall bench --slo: the highest rate that keeps a promise, 'p99 < 500us'.
 */
#ifndef RPCALL_SEARCH_H
#define RPCALL_SEARCH_H

#include "failure.h"
#include "measure/compare.h"

/*
 * Tries rates of "LOW:HIGH", "LOW" or NULL (1k:1M) on c, which has one table
 * and one subject; each trial is a table of r, which is zeroed but for env,
 * and r->search says what came of it. 0; -EINTR after Ctrl-C, with what there
 * is; or f's code negated.
 */
int search_run(struct comparison *c, const char *promise, const char *rates,
    struct result *r, struct failure *f);

#endif
