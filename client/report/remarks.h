/*
 * What a reader must know beside the numbers: warnings about rows and
 * rounds, and the conditions that every number carries. One list for the
 * text, HTML and JSON reports.
 */
#ifndef RPCALL_REMARKS_H
#define RPCALL_REMARKS_H

#include <stdbool.h>

#include "measure/result.h"

enum { REMARK_MAX = 512 };

/* Takes one remark; warning is false for plain information. */
typedef void remark_fn(void *arg, bool warning, const char *text);

/* Hands every remark on r to say, warnings first. */
void remarks(const struct result *r, remark_fn *say, void *arg);

#endif
