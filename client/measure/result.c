/*
 * What is computed from the measured rows before anything is reported: the
 * ratios between rows with their intervals, and which rounds met a busy
 * machine. Also finds rows and frees results. verb_compare calls
 * result_finish() once; the reports call row_ratio() and table_row().
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/result.h"
#include "measure/stats.h"

_Static_assert((int)RESULT_ROUNDS_MAX <= (int)STATS_PAIRS_MAX,
    "the rounds of a row fit a bootstrap");

/* A round is slow when its mean call takes this times the row's median. */
static const double slow_factor = 1.25;

void
row_void(struct row *row, const char *why)
{
	row->is_void = true;
	snprintf(row->note, sizeof(row->note), "%s", why);
}

bool
row_counts(const struct row *row)
{
	return row && row->measured && !row->is_void && row->hist &&
	    row->hist->count > 0;
}

uint64_t
row_answered(const struct row *row)
{
	uint64_t lost = row->errors - failed_count(row->failed);

	return row->calls > lost ? row->calls - lost : 0;
}

struct row *
table_row(const struct table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->nrows; i++)
		if (strcmp(t->rows[i].name, name) == 0)
			return &t->rows[i];
	return NULL;
}

static double
round_value(const struct round *round, enum ratio_of what)
{
	return what == RATIO_P50 ? round->p50_ns : round->mean_ns;
}

static double
row_value(const struct row *row, enum ratio_of what)
{
	if (what == RATIO_P50)
		return (double)hist_percentile(row->hist, 50);
	return row->hist->sum / (double)row->hist->count;
}

/* Rounds that both rows have, in order; returns how many. */
static unsigned
pair_rounds(const struct row *a, const struct row *b, enum ratio_of what,
    double *va, double *vb)
{
	unsigned i, n = 0;

	for (i = 0; i < a->nrounds && i < b->nrounds; i++) {
		va[n] = round_value(&a->rounds[i], what);
		vb[n] = round_value(&b->rounds[i], what);
		if (va[n] > 0 && vb[n] > 0)
			n++;
	}
	return n;
}

struct interval
row_ratio(const struct row *a, const struct row *b, enum ratio_of what,
    uint64_t seed)
{
	double va[RESULT_ROUNDS_MAX], vb[RESULT_ROUNDS_MAX];
	struct interval x = { 0 };
	unsigned n;

	if (!row_counts(a) || !row_counts(b) || row_value(b, what) <= 0)
		return x;
	x.point = row_value(a, what) / row_value(b, what);
	if (a == b) {
		x.low = x.high = x.point;
		return x;
	}
	n = pair_rounds(a, b, what, va, vb);
	if (stats_ratio_interval(va, vb, n, seed, &x.low, &x.high) < 0)
		return x;
	for (unsigned i = 0; i < n; i++)
		va[i] /= vb[i];
	x.point = stats_median(va, n);
	return x;
}

static double
typical_mean(const struct row *row)
{
	double v[RESULT_ROUNDS_MAX];
	unsigned i;

	for (i = 0; i < row->nrounds; i++)
		v[i] = row->rounds[i].mean_ns;
	return stats_median(v, row->nrounds);
}

static bool
round_is_slow(const struct row *row, unsigned i)
{
	return row->rounds[i].mean_ns > slow_factor * typical_mean(row);
}

static bool
slow_on_every_row(const struct table *t, unsigned i)
{
	unsigned rows = 0;
	size_t k;

	for (k = 0; k < t->nrows; k++) {
		if (!row_counts(&t->rows[k]) || t->rows[k].nrounds <= i)
			continue;
		if (!round_is_slow(&t->rows[k], i))
			return false;
		rows++;
	}
	/* One row alone cannot tell a busy machine from a slow mechanism. */
	return rows > 1;
}

static void
mark_slow_rounds(struct table *t)
{
	unsigned i;
	size_t k;

	for (i = 0; i < RESULT_ROUNDS_MAX; i++) {
		bool slow = slow_on_every_row(t, i);

		for (k = 0; k < t->nrows; k++)
			t->rows[k].rounds[i].slow = slow &&
			    i < t->rows[k].nrounds;
	}
}

const struct row *
table_best(const struct table *t)
{
	const struct row *best = NULL;
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		const struct row *row = &t->rows[i];

		if (row->kind != ROW_MECH || !row_counts(row))
			continue;
		if (!best || row_value(row, RATIO_P50) <
		    row_value(best, RATIO_P50))
			best = row;
	}
	return best;
}

/* How far from itself, as a ratio of at least 1; 0: not known. */
static double
distance(const struct interval *x)
{
	return x->point > 0 && x->point < 1 ? 1 / x->point : x->point;
}

/* The A/A pairs: how far apart are rows that are the same? */
static void
find_noise(struct table *t, uint64_t seed)
{
	t->noise = t->mean_noise = 0;
	for (size_t i = 0; i < t->nrows; i++) {
		struct row *row = &t->rows[i];
		const struct row *twin = table_row(t, row->twin_name);
		struct interval mean;

		row->x_twin = row_ratio(row, twin, RATIO_P50, seed);
		if (row->kind != ROW_AGAIN)
			continue;
		mean = row_ratio(row, twin, RATIO_MEAN, seed);
		t->noise = fmax(t->noise, distance(&row->x_twin));
		t->mean_noise = fmax(t->mean_noise, distance(&mean));
	}
}

struct interval
table_ratio(const struct table *t, const struct row *a, const struct row *b,
    enum ratio_of what, uint64_t seed)
{
	struct interval x = row_ratio(a, b, what, seed);

	x.noise = what == RATIO_P50 ? t->noise : t->mean_noise;
	return x;
}

static bool
ratio_is_tight(const struct table *t, const struct row *row,
    const struct row *best, double share, uint64_t seed)
{
	struct interval x;

	if (row == best)
		best = table_row(t, row->floor_name);
	x = row_ratio(row, best, RATIO_P50, seed);
	return x.point > 0 && x.high > 0 &&
	    x.high - x.low <= 2 * share * x.point;
}

bool
table_is_tight(const struct table *t, double share, uint64_t seed)
{
	const struct row *best = table_best(t);
	unsigned mechs = 0;
	bool tight = true;

	for (size_t i = 0; i < t->nrows; i++)
		mechs += t->rows[i].kind == ROW_MECH &&
		    row_counts(&t->rows[i]);
	for (size_t i = 0; i < t->nrows && tight; i++) {
		const struct row *row = &t->rows[i];

		if (row->kind == ROW_MECH && row_counts(row) &&
		    (row != best || mechs == 1))
			tight = ratio_is_tight(t, row, best, share, seed);
	}
	return tight && mechs > 0;
}

static void
finish_table(struct table *t, uint64_t seed)
{
	const struct row *best = table_best(t);

	mark_slow_rounds(t);
	find_noise(t, seed);
	for (size_t i = 0; i < t->nrows; i++) {
		struct row *row = &t->rows[i];

		row->x_floor = table_ratio(t, row,
		    table_row(t, row->floor_name), RATIO_P50, seed);
		row->x_stock = table_ratio(t, row,
		    table_row(t, row->stock_name), RATIO_P50, seed);
		row->x_best = table_ratio(t, row, best, RATIO_P50, seed);
		parts_find(t, row, seed);
	}
}

void
result_finish(struct result *r)
{
	size_t i;

	for (i = 0; i < r->ntables; i++)
		finish_table(&r->tables[i], r->env.seed);
}

static void
release_row(struct row *row)
{
	free(row->hist);
	free(row->paced);
}

static void
release_table(struct table *t)
{
	for (size_t k = 0; k < t->nrows; k++)
		release_row(&t->rows[k]);
	free(t->rows);
}

/* Keeps the rows of that name, in place. */
static void
select_rows(struct table *t, const char *name)
{
	size_t kept = 0;

	for (size_t k = 0; k < t->nrows; k++)
		if (strcmp(t->rows[k].name, name) == 0)
			t->rows[kept++] = t->rows[k];
		else
			release_row(&t->rows[k]);
	t->nrows = kept;
}

static void
select_setups(struct result *r, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->nsetups; i++)
		if (strcmp(r->setups[i].name, name) == 0)
			r->setups[kept++] = r->setups[i];
	r->nsetups = kept;
}

void
result_select(struct result *r, const char *title, const char *row)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->ntables; i++) {
		struct table *t = &r->tables[i];

		if (row != NULL)
			select_rows(t, row);
		if (t->nrows > 0 && (title == NULL ||
		    strstr(t->title, title) != NULL))
			r->tables[kept++] = *t;
		else
			release_table(t);
	}
	r->ntables = kept;
	if (row != NULL)
		select_setups(r, row);
}

void
result_release(struct result *r)
{
	for (size_t i = 0; i < r->ntables; i++)
		release_table(&r->tables[i]);
	free(r->tables);
	free(r->mechs);
	free(r->setups);
	free(r->files);
	memset(r, 0, sizeof(*r));
}
