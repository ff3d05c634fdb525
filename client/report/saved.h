/*
 * Results that were saved as JSON ("rpcall/compare/1", "rpcall/bench/1"),
 * read back: what json.c wrote, so that every report can be made of it later
 * and elsewhere. The file is a stranger's: its size (JSON_TEXT), tables, rows in
 * all, histograms and rounds are bounded, and what is not a result is refused.
 */
#ifndef RPCALL_REPORT_SAVED_H
#define RPCALL_REPORT_SAVED_H

#include "failure.h"
#include "measure/result.h"

enum {
	SAVED_TABLES_MAX = 1024,
	SAVED_ROWS_MAX = 4096,
	SAVED_HISTS_MAX = 2048,		/* 136 KiB each */
	SAVED_MECHS_MAX = 64,
	SAVED_SOURCES_MAX = 64,
};

/*
 * Reads path ("-": stdin) and adds its tables to those of r, which is zeroed
 * or holds others; env is that of the first, and what a mechanism is comes from
 * the first that has it. 0, or f's code negated: EXIT_NOFILE, EXIT_DATA. r is
 * to be released in either case, after result_finish().
 */
int saved_read(struct result *r, const char *path, struct failure *f);

/* The same of n bytes of text that came from path. */
int saved_parse(struct result *r, const char *path, const char *text,
    size_t n, struct failure *f);

#endif
