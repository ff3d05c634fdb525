/*
 * The parts of the HTML page below its charts (html_chart.h): tables of
 * figures and of facts. Called by html.c.
 */
#ifndef RPCALL_HTML_PAGE_H
#define RPCALL_HTML_PAGE_H

#include <stdio.h>

#include "measure/result.h"

/* The figures of the i-th facet (facet.h). */
void html_facet(FILE *out, const struct result *r, size_t i);

/* What was offered and achieved, and whose the CPU time was. */
void html_honesty(FILE *out, const struct result *r);

/* What each mechanism is. */
void html_facts(FILE *out, const struct result *r);

/* Begins a table, which scrolls within itself. */
void html_open_table(FILE *out, const char *caption, const char *about,
    const char *class);

/* What setting up costs, and other tables of text (sheet.h): 0 or -errno. */
int html_sheets(FILE *out, const struct result *r);

/* Where and how it was measured; of several files what is alike. */
void html_env(FILE *out, const struct result *r);

/* Where there are several, the files and what differs: 0 or -errno. */
int html_sources(FILE *out, const struct result *r);

#endif
