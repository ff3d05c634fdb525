/*
 * How two results differ, and which thresholds are broken: see regress.h.
 */
#include "report/regress.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/stats.h"
#include "report/figures.h"

/* Older results do not say. */
static unsigned
connections_of(const struct table *t)
{
	return t->connections > 0 ? t->connections : 1;
}

static bool
same_table(const struct table *a, const struct table *b)
{
	return strcmp(a->procedure, b->procedure) == 0 &&
	    a->size == b->size && a->outstanding == b->outstanding &&
	    a->rate == b->rate &&
	    (a->rate == 0 || strcmp(a->arrivals, b->arrivals) == 0) &&
	    connections_of(a) == connections_of(b) &&
	    strcmp(a->workload, b->workload) == 0 &&
	    strcmp(a->durability, b->durability) == 0;
}

static const struct table *
find_table(const struct result *r, const struct table *like)
{
	for (size_t i = 0; i < r->ntables; i++)
		if (same_table(&r->tables[i], like))
			return &r->tables[i];
	return NULL;
}

static struct row *
find_row(const struct result *r, const struct table *like, const char *name)
{
	const struct table *t = r ? find_table(r, like) : NULL;

	return t ? table_row(t, name) : NULL;
}

/* A series of one value for each round. */
struct series {
	double v[RESULT_ROUNDS_MAX];
	unsigned n;
	bool zeros;	/* are of the series; else what is 0 is not known */
};

/* Of row; over beside, round by round, if that is not NULL. */
static void
series_of(struct series *s, const struct metric *m, const struct row *row,
    const struct row *beside)
{
	s->n = 0;
	for (unsigned i = 0; i < row->nrounds; i++) {
		double v = m->of_round(&row->rounds[i]);

		if (beside != NULL && i >= beside->nrounds)
			break;
		if (beside != NULL)
			v /= m->of_round(&beside->rounds[i]);
		if (isfinite(v) && (v > 0 || (v == 0 && s->zeros)))
			s->v[s->n++] = v;
	}
}

/* new / old of two series, with its interval if there are enough rounds. */
static struct interval
ratio_of(const struct series *new, const struct series *old, uint64_t seed)
{
	struct interval x = { 0 };
	struct series a = *new, b = *old;

	if (a.n == 0 || b.n == 0)
		return x;
	x.point = stats_median(a.v, a.n) / stats_median(b.v, b.n);
	if (stats_unpaired_interval(new->v, new->n, old->v, old->n, seed,
	    &x.low, &x.high) != 0)
		x.low = x.high = 0;
	return x;
}

/* A limit without percent is of all samples, and so is all that is shown. */
static bool
is_by_rounds(const struct finding *f)
{
	return f->metric->of_round != NULL &&
	    (f->threshold == NULL || f->threshold->relative);
}

/*
 * Both figures are what the ratio is made of: the medians of rounds are not
 * those of all samples, and may even differ the other way.
 */
static void
compare_rows(struct finding *f, uint64_t seed)
{
	struct series old = { .n = 0 };
	struct series new = { .zeros = f->metric->unit == METRIC_COUNT };

	if (!is_by_rounds(f)) {
		if (f->was > 0 && isfinite(f->is))
			f->x.point = f->is / f->was;
		return;
	}
	series_of(&new, f->metric, f->new, NULL);
	series_of(&old, f->metric, f->old, NULL);
	f->x = ratio_of(&new, &old, seed);
	f->by_rounds = true;
	f->is = new.n > 0 ? stats_median(new.v, new.n) : NAN;
	f->was = old.n > 0 ? stats_median(old.v, old.n) : NAN;
}

static void
compare_floors(struct finding *f, const struct row *old_floor,
    const struct row *new_floor, uint64_t seed)
{
	struct series old = { .n = 0 };
	struct series new = { .zeros = f->metric->unit == METRIC_COUNT };

	if (!is_by_rounds(f) || !row_counts(old_floor) ||
	    !row_counts(new_floor))
		return;
	series_of(&new, f->metric, f->new, new_floor);
	series_of(&old, f->metric, f->old, old_floor);
	f->x_floor = ratio_of(&new, &old, seed);
}

static void
count(struct findings *out, const struct finding *f)
{
	out->broken += f->outcome == OUTCOME_BROKEN;
	out->noise += f->outcome == OUTCOME_NOISE;
	out->unknown += f->outcome == OUTCOME_UNKNOWN;
	out->skipped += f->outcome == OUTCOME_SKIPPED;
}

/* What two results are asked, and one threshold or none. */
struct question {
	const struct result *old, *new;
	const struct metric *metric;
	const struct threshold *threshold;
};

/* Does the question concern this row? */
static bool
concerns(const struct question *q, const struct row *row,
    const struct row *old)
{
	if (q->threshold != NULL && !q->threshold->relative)
		return row->kind == ROW_MECH;
	return row->kind == ROW_MECH && old != NULL;
}

static void
ask(struct findings *out, const struct question *q, const struct table *t,
    const struct row *row)
{
	const struct row *old = find_row(q->old, t, row->name);
	struct finding *f = &out->list[out->n];

	if (!concerns(q, row, old))
		return;
	*f = (struct finding){ .table = t, .old = old, .new = row,
		.metric = q->metric, .threshold = q->threshold,
		.was = old ? q->metric->of_row(old) : NAN,
		.is = q->metric->of_row(row) };
	if (old != NULL && row_counts(old) && row_counts(row)) {
		compare_rows(f, q->new->env.seed);
		compare_floors(f, find_row(q->old, t, old->floor_name),
		    table_row(t, row->floor_name), q->new->env.seed);
	}
	f->outcome = finding_judge(f);
	count(out, f);
	out->n++;
}

static void
ask_all(struct findings *out, const struct question *q)
{
	for (size_t i = 0; i < q->new->ntables; i++)
		for (size_t k = 0; k < q->new->tables[i].nrows; k++)
			ask(out, q, &q->new->tables[i],
			    &q->new->tables[i].rows[k]);
}

static size_t
rows_in(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->ntables; i++)
		n += r->tables[i].nrows;
	return n;
}

static size_t
rows_gone(const struct result *old, const struct result *new)
{
	size_t gone = 0;

	for (size_t i = 0; old != NULL && i < old->ntables; i++)
		for (size_t k = 0; k < old->tables[i].nrows; k++)
			gone += find_row(new, &old->tables[i],
			    old->tables[i].rows[k].name) == NULL;
	return gone;
}

int
regress(struct findings *out, const struct result *old,
    const struct result *new, const struct threshold *t, size_t n)
{
	static const char *const usual[] = { "p50", "p99", "calls/s" };
	struct question q = { .old = old, .new = new };
	size_t each = n > 0 ? n : sizeof(usual) / sizeof(usual[0]);

	memset(out, 0, sizeof(*out));
	out->list = calloc(each * rows_in(new) + 1, sizeof(*out->list));
	if (out->list == NULL)
		return -ENOMEM;
	out->unmatched = rows_gone(old, new);
	for (size_t i = 0; i < n; i++) {
		q.threshold = &t[i];
		q.metric = t[i].metric;
		ask_all(out, &q);
	}
	for (size_t i = 0; n == 0 && i < each; i++) {
		q.metric = metric_find(usual[i], strlen(usual[i]));
		ask_all(out, &q);
	}
	return 0;
}

void
findings_release(struct findings *f)
{
	free(f->list);
	memset(f, 0, sizeof(*f));
}
