/*
 * Two results held against one another: "did it become slower?"
 *
 * Rows are matched by procedure, size, outstanding calls, workload,
 * durability and name. Two runs have no rounds in common, so intervals
 * resample each on its own; and the machine may have changed between them:
 * where both have the row's floor (a bare ping-pong, which no version of
 * rpcall changes), the row must have become slower beside that as well.
 * Inside either noise there is no verdict.
 */
#ifndef RPCALL_REGRESS_H
#define RPCALL_REGRESS_H

#include <stdio.h>

#include "measure/result.h"
#include "report/threshold.h"

enum { THRESHOLDS_MAX = 16, FINDING_TEXT = RESULT_NOTE_MAX + 64 };

enum outcome {
	OUTCOME_INFO,		/* no threshold asked */
	OUTCOME_OK,
	OUTCOME_NOISE,		/* beyond the limit, but so is the noise */
	OUTCOME_SKIPPED,	/* the row cannot be measured, then or now */
	OUTCOME_UNKNOWN,	/* the figure or its noise is not known: no
				 * verdict, which is not to pass */
	OUTCOME_BROKEN,
};

struct finding {
	const struct table *table;	/* of the newer result */
	const struct row *old, *new;	/* old: NULL with absolute limits */
	const struct metric *metric;
	const struct threshold *threshold;	/* or NULL */
	bool by_rounds;			/* was and is: medians of rounds, else
					 * figures of all samples */
	double was, is;			/* NAN: not known */
	struct interval x;		/* is / was; 0 without interval */
	struct interval x_floor;	/* the same of both beside their floors */
	enum outcome outcome;
};

struct findings {
	struct finding *list;
	size_t n;
	unsigned broken, noise, unknown, skipped;
	size_t unmatched;		/* rows of the older one that are gone */
};

/*
 * Judges every row of new, against old if that is not NULL, by t[0..n); with
 * no thresholds by how p50, p99 and calls/s changed, without a verdict. 0 or
 * -ENOMEM; findings_release() in either case.
 */
int regress(struct findings *out, const struct result *old,
    const struct result *new, const struct threshold *t, size_t n);
void findings_release(struct findings *f);

/* The outcome of f, all else of which is known. */
enum outcome finding_judge(const struct finding *f);

/* "BROKEN", "inside the noise", "not judged"; without a threshold "worse",
 * "no significant difference", ...; static. */
const char *finding_verdict(const struct finding *f);

/* "988 samples, p99 needs 1000", "not measured: ..."; "" without a reason. */
void finding_why(char buf[FINDING_TEXT], const struct finding *f);

/* Written out; 0 or -errno of the first write that failed. */
int regress_text(const struct findings *f, const struct result *old,
    const struct result *new, FILE *out, bool color);
int regress_json(const struct findings *f, const struct result *old,
    const struct result *new, FILE *out);
int regress_junit(const struct findings *f, FILE *out);

#endif
