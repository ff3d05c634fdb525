/*
 * A result written to files while it is measured, and when it is whole.
 */
#ifndef RPCALL_REPORT_SAVE_H
#define RPCALL_REPORT_SAVE_H

#include <stdbool.h>
#include <stdio.h>

#include "failure.h"
#include "measure/result.h"

/*
 * Writes compare.json, .csv and .html into dir, which is made if it is not
 * there, and tells of each on say (NULL: not). 0, or f's code negated.
 */
int result_save(const struct result *r, const char *dir, FILE *say,
    struct failure *f);

/* Could it be done, as far as can be told before there is a result? 0, or f's
 * code negated. */
int result_save_try(const char *dir, struct failure *f);

/*
 * JSON lines, "rpcall/round/1": one object for each round, written as soon as
 * it is over. "-" is stdout. A path is tried at once, and nothing is left
 * there where no round came.
 */
struct lines {
	FILE *out;		/* NULL: there are none */
	const char *path;
	bool made, begun;	/* the file by us; a line is in it */
};

/* 0, or f's code negated: path cannot be written. */
int lines_open(struct lines *l, const char *path, struct failure *f);

/* The last round of row; fit for struct comparison's round(). */
void lines_put(void *lines, const struct table *t, const struct row *row);

/* 0, or f's code negated: something could not be written. */
int lines_close(struct lines *l, struct failure *f);

#endif
