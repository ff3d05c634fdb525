/*
 * The suites of the unit tests, one per line of suites.def: SUITE(hist) is
 * hist_suite() in test_hist.c. main.c runs them all.
 */
#ifndef RPCALL_TEST_SUITES_H
#define RPCALL_TEST_SUITES_H

#include <check.h>

#define SUITE(name) Suite *name##_suite(void);
#include "suites.def"
#undef SUITE

#endif
