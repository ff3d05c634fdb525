/*
 * A result written to files while it is measured, and when it is whole.
 */
#ifndef RPCALL_REPORT_SAVE_H
#define RPCALL_REPORT_SAVE_H

#include <stdio.h>

#include "failure.h"
#include "measure/result.h"

/*
 * Writes compare.json, .csv and .html into dir, which is made if it is not
 * there, and tells of each on say (NULL: not). 0, or f's code negated.
 */
int result_save(const struct result *r, const char *dir, FILE *say,
    struct failure *f);

/*
 * JSON lines, "rpcall/round/1": one object for each round, written as soon as
 * it is over. "-" is stdout. NULL with f, where path cannot be written.
 */
FILE *lines_open(const char *path, struct failure *f);

/* The last round of row; fit for struct comparison's round(). */
void lines_put(void *file, const struct table *t, const struct row *row);

/* 0, or f's code negated: something could not be written. */
int lines_close(FILE *out, struct failure *f);

#endif
