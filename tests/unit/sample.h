/*
 * A made-up but plausible result, for tests of the reports: five workloads
 * by fifteen rows with intervals, one row void, one not measured, one slow
 * round. The same on every machine: numbers come from a seeded generator.
 */
#ifndef RPCALL_TEST_SAMPLE_H
#define RPCALL_TEST_SAMPLE_H

#include "measure/result.h"

/* Fills *r, finished; the caller releases it. calls per row of a table. */
void sample_result(struct result *r, unsigned calls);

#endif
