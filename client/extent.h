/*
 * How long and how much compare measures: what the user said, and where he
 * did not, what a preset says.
 */
#ifndef RPCALL_EXTENT_H
#define RPCALL_EXTENT_H

#include <stdint.h>
#include <stdio.h>

#include "failure.h"
#include "measure/compare.h"
#include "options.h"

/* NULL and EXTENT_UNSAID: not said. */
struct extent {
	const char *preset;	/* its name */
	const char *sizes;	/* of any workload */
	const char *echo_sizes;	/* the preset's, of echo; NULL: echo's own */
	const char *pin;
	uint64_t rounds, round_ns, warmup_ns, outstanding;
	uint64_t budget_ns;	/* of the whole run; 0: none */
	uint64_t tight;		/* percent; 0: never */
};

#define EXTENT_UNSAID UINT64_MAX
#define EXTENT_DEFAULTS { .rounds = EXTENT_UNSAID, \
	.round_ns = EXTENT_UNSAID, .warmup_ns = EXTENT_UNSAID, \
	.outstanding = EXTENT_UNSAID, .budget_ns = EXTENT_UNSAID, \
	.tight = EXTENT_UNSAID }

#define EXTENT_OPTIONS(o) \
	{ "preset", 0, OPTION_TEXT, "NAME", "quick, default, thorough or " \
	    "lmbench; see below", &(o).preset }, \
	{ "size", 0, OPTION_TEXT, "LIST", "payloads (echo: 64,1K,64K,1M; " \
	    "kv-*: 100; file-read: 4K,64K)", &(o).sizes }, \
	{ "rounds", 0, OPTION_NUMBER, "N", "of every row: so many, whatever " \
	    "--preset says of time", &(o).rounds }, \
	{ "budget", 0, OPTION_DURATION, "DUR", "of the whole run: a table's " \
	    "rounds end when its share is up (110s)", &(o).budget_ns }, \
	{ "tight", 0, OPTION_NUMBER, "PERCENT", "a table's rounds end once " \
	    "ratios are known that well (1); 0: never", &(o).tight }, \
	{ "duration", 0, OPTION_DURATION, "DUR", "of a round (40ms)", \
	    &(o).round_ns }, \
	{ "warmup", 0, OPTION_DURATION, "DUR", "before a round (5ms)", \
	    &(o).warmup_ns }, \
	{ "outstanding", 0, OPTION_NUMBER, "N", "calls under way in a " \
	    "workload's last table (64); 1: no such table", &(o).outstanding }

/* Fills what was not said, and has c measure that much, from now on: 0, or
 * f's code negated, EXIT_USAGE. */
int extent_apply(struct extent *e, struct comparison *c, struct failure *f);

/* The presets and what they do, for the help. */
void extent_help(FILE *out);

#endif
