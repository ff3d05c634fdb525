/*
 * One workload's table for the terminal.
 */
#ifndef RPCALL_TEXT_TABLE_H
#define RPCALL_TEXT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "measure/result.h"

/* At most width columns; 0 or -ENOMEM. */
int text_table(const struct table *t, FILE *out, unsigned width, bool color);

#endif
