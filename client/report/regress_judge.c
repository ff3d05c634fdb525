/*
 * What is said of a finding (regress.h): whether its limit is broken, and why
 * there is no verdict where there is none. A gate that cannot be judged must
 * not look like one that was passed.
 */
#include "report/regress.h"

#include <math.h>
#include <stdio.h>

#include "measure/stats.h"
#include "report/figures.h"

/* Is all of x beyond the limit? */
static bool
wholly_broken(const struct threshold *t, const struct interval *x)
{
	return threshold_broken(t, t->below ? x->high : x->low);
}

static enum outcome
judge_relative(const struct finding *f)
{
	const struct threshold *t = f->threshold;

	if (!row_counts(f->old))
		return OUTCOME_SKIPPED;
	/* None at all of what there was (no answer, no error) is no noise. */
	if (f->metric->unit == METRIC_COUNT && f->is == 0 && f->was > 0)
		return threshold_broken(t, 0) ? OUTCOME_BROKEN : OUTCOME_OK;
	if (f->x.point <= 0)
		return OUTCOME_UNKNOWN;
	if (!threshold_broken(t, f->x.point))
		return OUTCOME_OK;
	if (f->x.high <= 0)
		return OUTCOME_UNKNOWN;
	if (!wholly_broken(t, &f->x) ||
	    (f->x_floor.high > 0 && !wholly_broken(t, &f->x_floor)))
		return OUTCOME_NOISE;
	return OUTCOME_BROKEN;
}

/* Its turn had not come when the run was interrupted. */
static bool
not_reached(const struct row *row)
{
	return !row->measured && !row->is_void && row->note[0] == '\0';
}

/* What was measured once, and now cannot be, is no noise. */
static enum outcome
judge_lost(const struct finding *f)
{
	if (not_reached(f->new))
		return OUTCOME_UNKNOWN;
	if (f->new->is_void || row_counts(f->old))
		return OUTCOME_BROKEN;
	return f->new->unfit || f->threshold->relative ? OUTCOME_SKIPPED :
	    OUTCOME_BROKEN;
}

enum outcome
finding_judge(const struct finding *f)
{
	if (f->threshold == NULL)
		return OUTCOME_INFO;
	if (!row_counts(f->new))
		return judge_lost(f);
	if (f->threshold->relative)
		return judge_relative(f);
	if (isnan(f->is))
		return OUTCOME_UNKNOWN;
	return threshold_broken(f->threshold, f->is) ? OUTCOME_BROKEN :
	    OUTCOME_OK;
}

/* Samples of the row in which there are fewer; of a round the most. */
static uint64_t
fewest_samples(const struct finding *f)
{
	const struct row *rows[] = { f->new, f->old };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 2; i++) {
		uint64_t n = 0;

		if (!row_counts(rows[i]))
			continue;
		for (unsigned k = 0; f->by_rounds && k < rows[i]->nrounds; k++)
			if (rows[i]->rounds[k].calls > n)
				n = rows[i]->rounds[k].calls;
		if (!f->by_rounds)
			n = rows[i]->hist->count;
		if (n < least)
			least = n;
	}
	return least;
}

static unsigned
fewest_rounds(const struct finding *f)
{
	return f->new->nrounds < f->old->nrounds ? f->new->nrounds :
	    f->old->nrounds;
}

/* Why a figure, or its noise, is not known. */
static void
print_lack(char *buf, const struct finding *f)
{
	const struct metric *m = f->metric;

	if (f->x.point > 0 && m->of_round == NULL)
		snprintf(buf, FINDING_TEXT, "%s is not known by rounds, nor "
		    "is its noise", m->name);
	else if (f->x.point > 0)
		snprintf(buf, FINDING_TEXT, "%u rounds, an interval needs %d",
		    fewest_rounds(f), STATS_PAIRS_MIN);
	else if (m->percentile > 0)
		snprintf(buf, FINDING_TEXT, "%llu samples%s, %s needs %llu",
		    (unsigned long long)fewest_samples(f),
		    f->by_rounds ? " in a round" : "", m->name,
		    (unsigned long long)hist_needs(m->percentile));
	else
		snprintf(buf, FINDING_TEXT, "%s is not known", m->name);
}

void
finding_why(char buf[FINDING_TEXT], const struct finding *f)
{
	bool absolute = f->threshold != NULL && !f->threshold->relative;

	buf[0] = '\0';
	if (not_reached(f->new))
		snprintf(buf, FINDING_TEXT, "interrupted before it was "
		    "measured");
	else if (!row_counts(f->new))
		row_excuse(buf, f->new);
	else if (!absolute && !row_counts(f->old))
		snprintf(buf, FINDING_TEXT, "the old result has not measured "
		    "it");
	else if (f->outcome == OUTCOME_UNKNOWN ||
	    (f->outcome == OUTCOME_INFO && f->x.high <= 0))
		print_lack(buf, f);
}

/* Beyond 1 by more than the two digits that are shown. */
static bool
differs(const struct interval *x)
{
	return ratio_differs(x) && (x->low >= 1.005 || x->high < 0.995);
}

/* "no significant difference" where the interval holds 1. */
static const char *
change(const struct finding *f)
{
	if (f->x.point <= 0)
		return "unknown";
	if (f->x.high <= 0)
		return "too few rounds to tell";
	if (!differs(&f->x) || (f->x_floor.high > 0 &&
	    (!differs(&f->x_floor) ||
	    (f->x.point > 1) != (f->x_floor.point > 1))))
		return "no significant difference";
	return (f->x.point > 1) == (f->metric->unit == METRIC_NS) ? "worse" :
	    "better";
}

const char *
finding_verdict(const struct finding *f)
{
	static const char *const texts[] = {
		[OUTCOME_OK] = "ok", [OUTCOME_NOISE] = "inside the noise",
		[OUTCOME_SKIPPED] = "skipped",
		[OUTCOME_UNKNOWN] = "not judged", [OUTCOME_BROKEN] = "BROKEN",
	};

	return f->outcome == OUTCOME_INFO ? change(f) : texts[f->outcome];
}
