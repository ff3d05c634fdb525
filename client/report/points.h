/*
 * What bench prints: of one load everything, of many a line each.
 */
#ifndef RPCALL_REPORT_POINTS_H
#define RPCALL_REPORT_POINTS_H

#include <stdbool.h>
#include <stdio.h>

#include "measure/result.h"

/* r has one row in each of its tables. 0 or -errno. */
int report_points(const struct result *r, FILE *out, bool color);

#endif
