/*
 * The forms in which a result can be written: their names, the endings of
 * their files, and the functions of report.h.
 */
#ifndef RPCALL_REPORT_FORMATS_H
#define RPCALL_REPORT_FORMATS_H

#include <stdio.h>

#include "measure/result.h"

struct report_format {
	const char *name;	/* "markdown" */
	const char *ending;	/* "md"; or NULL */
	/* 0 or -errno of the first write that failed. */
	int (*write)(const struct result *r, FILE *out);
};

/* Ended by one without a name. */
extern const struct report_format report_formats[];

/* By name, or by the ending of a path; NULL if there is none. */
const struct report_format *report_format_find(const char *name);
const struct report_format *report_format_of(const char *path);

#endif
