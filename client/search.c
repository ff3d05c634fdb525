/*
 * The search for a rate: see search.h. Called by verb_bench.c; measure/slo.c
 * decides what is tried.
 */
#include "search.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/schedule.h"
#include "measure/slo.h"
#include "report/honesty.h"
#include "report/threshold.h"

enum { LOWEST = 1000, HIGHEST = 1000000 };

struct search {
	struct comparison *comparison;
	struct threshold promise;	/* "broken" is kept */
	uint64_t low, high;
	struct result *result;
	struct failure *f;
};

static int
read_range(struct search *s, const char *rates)
{
	char copy[64], *rest = copy;
	const char *low, *high;

	s->low = LOWEST;
	s->high = HIGHEST;
	if (rates == NULL)
		return 0;
	snprintf(copy, sizeof(copy), "%s", rates);
	low = strsep(&rest, ":");
	high = rest;
	if (schedule_rate(low, &s->low) == 0 && (high == NULL ||
	    schedule_rate(high, &s->high) == 0) && s->low <= s->high)
		return 0;
	return failure_set(s->f, EXIT_USAGE, "--rate %s: with --slo it is "
	    "LOWEST:HIGHEST, like 1k:200k", rates);
}

static int
read_promise(struct search *s, const char *text)
{
	int err = threshold_parse(&s->promise, "--slo", text, s->f);

	if (err == 0 && s->promise.relative)
		return failure_set(s->f, EXIT_USAGE, "--slo '%s': percent of "
		    "what?", text);
	return err;
}

/* Takes the only table of one over into the result. */
static struct table *
keep(struct search *s, struct result *one)
{
	struct result *r = s->result;
	struct table *grown = realloc(r->tables,
	    (r->ntables + 1) * sizeof(*grown));

	if (grown == NULL || one->ntables == 0) {
		r->tables = grown != NULL ? grown : r->tables;
		result_release(one);
		return NULL;
	}
	r->tables = grown;
	grown[r->ntables] = one->tables[0];
	free(one->tables);
	return &grown[r->ntables++];
}

/*
 * A promise is kept at a rate, so that one that was not reached breaks it as
 * much as its figure does; which of them it was is another question.
 */
static void
find_broken(const struct search *s, struct table *t, double v)
{
	const struct row *row = &t->rows[0];
	const struct {
		const char *name;
		bool broken;
	} by[] = {
		{ "limit", !threshold_broken(&s->promise, v) },
		{ "rate", rate_missed(NULL, 0, t, row) },
		{ "errors", row->errors > 0 },
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++)
		if (by[i].broken)
			n += (size_t)snprintf(t->broken_by + n,
			    sizeof(t->broken_by) - n, "%s%s", n > 0 ? "," : "",
			    by[i].name);
}

static int
judge(struct search *s, struct table *t, bool *holds)
{
	const struct row *row = &t->rows[0];
	double v = s->promise.metric->of_row(row);

	if (!row_counts(row))
		return failure_set(s->f, row->code ? row->code :
		    EXIT_PROTOCOL, "%s", row->note);
	if (isnan(v)) {
		failure_set(s->f, EXIT_USAGE, "%llu calls are too few for %s",
		    (unsigned long long)row->hist->count,
		    s->promise.metric->name);
		failure_hint(s->f, "a longer --duration, or a higher lowest "
		    "rate: --rate LOWEST:HIGHEST");
		return -EXIT_USAGE;
	}
	find_broken(s, t, v);
	*holds = t->broken_by[0] == '\0';
	snprintf(t->promise, sizeof(t->promise), *holds ? "holds" : "breaks");
	return 0;
}

static int
trial(void *arg, uint64_t rate, bool *holds)
{
	struct search *s = arg;
	struct result one = { 0 };
	struct table *t;
	int err;

	s->comparison->tables[0].rate = rate;
	err = comparison_run(s->comparison, &one, s->f);
	t = keep(s, &one);
	if (err)
		return err;
	return t != NULL ? judge(s, t, holds) :
	    failure_set(s->f, EXIT_OS, "no memory");
}

/* The last trial at that rate that broke, or NULL. */
static const struct table *
last_broken(const struct search *s, uint64_t rate)
{
	const struct result *r = s->result;

	for (size_t i = r->ntables; i-- > 0; )
		if (r->tables[i].rate == rate &&
		    r->tables[i].broken_by[0] != '\0')
			return &r->tables[i];
	return NULL;
}

/* ": p99 was 812.00 us; the rate was not reached: ..." */
static void
say_why(char *out, size_t size, const struct search *s, uint64_t rate)
{
	const struct table *t = last_broken(s, rate);
	const struct row *row = t ? &t->rows[0] : NULL;
	char value[32], missed[220] = "";

	out[0] = '\0';
	if (t == NULL)
		return;
	metric_print(value, s->promise.metric,
	    s->promise.metric->of_row(row));
	rate_missed(missed, sizeof(missed), t, row);
	snprintf(out, size, ": %s was %s%s%s%s", s->promise.metric->name,
	    value, missed[0] != '\0' ? "; " : "", missed,
	    row->errors > 0 ? "; calls failed" : "");
}

static void
conclude(struct found *out, const struct search *s,
    const struct slo_outcome *o)
{
	static const char *const ends[] = {
		[SLO_FOUND] = "found",
		[SLO_LOWEST_BREAKS] = "even the lowest breaks",
		[SLO_HIGHEST_HOLDS] = "the highest holds",
		[SLO_UNSETTLED] = "unsettled",
	};
	unsigned long long holds = o->holds, breaks = o->breaks;
	char why[300];

	say_why(why, sizeof(why), s, o->breaks);
	out->rate = o->holds;
	out->breaks = o->breaks;
	out->trials = o->trials;
	snprintf(out->outcome, sizeof(out->outcome), "%s", ends[o->end]);
	if (o->end == SLO_LOWEST_BREAKS)
		snprintf(out->text, sizeof(out->text), "%s does not hold even "
		    "at the lowest rate, %llu/s: in %u of %u trials%s",
		    s->promise.text, breaks, o->held, o->tried, why);
	else if (o->end == SLO_HIGHEST_HOLDS)
		snprintf(out->text, sizeof(out->text), "%s holds up to the "
		    "highest rate that was tried, %llu/s: in %u of %u trials",
		    s->promise.text, holds, o->held, o->tried);
	else
		snprintf(out->text, sizeof(out->text), "%s holds up to "
		    "%llu/s (in %u of %u trials) and breaks at %llu/s%s%s",
		    s->promise.text, holds, o->held, o->tried, breaks, why,
		    o->end == SLO_UNSETTLED ? "; the trials ran out before "
		    "that was settled" : "");
}

int
search_run(struct comparison *c, const char *promise, const char *rates,
    struct result *r, struct failure *f)
{
	struct search s = { .comparison = c, .result = r, .f = f };
	struct slo_outcome o;
	int err = read_promise(&s, promise);

	if (err == 0)
		err = read_range(&s, rates);
	if (err)
		return err;
	snprintf(r->found.promise, sizeof(r->found.promise), "%s",
	    s.promise.text);
	err = slo_search(s.low, s.high, trial, &s, &o);
	if (err == 0)
		conclude(&r->found, &s, &o);
	return err;
}
