/*
 * The parts of the HTML page below its charts (html_chart.h): tables of
 * figures and of facts. Called by html.c.
 */
#ifndef RPCALL_HTML_PAGE_H
#define RPCALL_HTML_PAGE_H

#include <stdio.h>

#include "measure/result.h"

/* The figures of one workload. */
void html_table(FILE *out, const struct result *r, const struct table *t);

/* What was offered and achieved, and whose the CPU time was. */
void html_honesty(FILE *out, const struct result *r);

/* What each mechanism is. */
void html_facts(FILE *out, const struct result *r);

/* Where and how it was measured. */
void html_env(FILE *out, const struct env *e);

#endif
