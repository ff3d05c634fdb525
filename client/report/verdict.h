/*
 * "Which mechanism for what": at most three sentences, each computed from
 * the rows and silent about differences that the intervals do not support.
 * The text and HTML reports print them, the JSON carries them.
 */
#ifndef RPCALL_VERDICT_H
#define RPCALL_VERDICT_H

#include <stddef.h>

#include "measure/result.h"

enum { VERDICTS_MAX = 3, WINNERS_MAX = 32 };

struct verdict {
	const char *topic;	/* "Small calls", static */
	const char *winner[WINNERS_MAX];	/* names; several if they tie */
	size_t nwinners;
	char text[560];		/* one sentence */
};

/* Fills v, names pointing into r; returns how many, fewer if rows lack. */
size_t verdicts(const struct result *r, struct verdict v[VERDICTS_MAX]);

#endif
