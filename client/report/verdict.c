/*
 * Ranks the mechanisms for small calls, for bulk and for reaching other
 * hosts (verdict.h); one mechanism alone is not held against others. Rows tie when the interval of their ratio to the first
 * includes 1; without intervals the sentence says that it is only a point.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figures.h"
#include "report/verdict.h"

/* The mechanisms of one table, best first, held against the first. */
struct ranking {
	const struct table *table;
	const struct row *row[WINNERS_MAX];
	struct interval x[WINNERS_MAX];	/* time of row[i] / time of row[0] */
	size_t n;
	size_t tied;		/* first rows not told apart, at least 1 */
};

static double
row_time(const struct row *row, enum ratio_of what)
{
	if (what == RATIO_P50)
		return (double)hist_percentile(row->hist, 50);
	return 1 / row_mb_per_s(row);
}

static bool
may_rank(const struct row *row, enum ratio_of what)
{
	return row->kind == ROW_MECH && row_counts(row) &&
	    (what == RATIO_P50 || !isnan(row_mb_per_s(row)));
}

static void
insert_ranked(struct ranking *k, const struct row *row, enum ratio_of what)
{
	size_t i;

	if (k->n == WINNERS_MAX)
		return;
	for (i = k->n++; i > 0; i--) {
		if (row_time(k->row[i - 1], what) <= row_time(row, what))
			break;
		k->row[i] = k->row[i - 1];
	}
	k->row[i] = row;
}

static void
rank(struct ranking *k, const struct table *t, enum ratio_of what,
    uint64_t seed)
{
	size_t i;

	memset(k, 0, sizeof(*k));
	k->table = t;
	for (i = 0; i < t->nrows; i++)
		if (may_rank(&t->rows[i], what))
			insert_ranked(k, &t->rows[i], what);
	for (i = 0; i < k->n; i++)
		k->x[i] = table_ratio(t, k->row[i], k->row[0], what, seed);
	k->tied = k->n > 0;
	while (k->tied < k->n && k->x[k->tied].high > 0 &&
	    !ratio_differs(&k->x[k->tied]))
		k->tied++;
}

/* "unix", "unix and fifo", "unix, fifo and pipe" */
static void
list_tied(char *buf, size_t size, const struct ranking *k)
{
	size_t i, used = 0;

	buf[0] = '\0';
	for (i = 0; i < k->tied && used < size; i++) {
		const char *join = i == 0 ? "" :
		    i + 1 == k->tied ? " and " : ", ";

		used += (size_t)snprintf(buf + used, size - used, "%s%s", join,
		    k->row[i]->name);
	}
}

/* "; next is tcp, 1.21 (1.19-1.23) times as long" */
static void
describe_next(char *buf, size_t size, const struct ranking *k,
    const char *measure)
{
	char x[FIGURE_TEXT];
	const struct interval *next = &k->x[k->tied];

	buf[0] = '\0';
	if (k->tied == k->n)
		return;
	ratio_print(x, next);
	snprintf(buf, size, "; next is %s, %s times %s%s",
	    k->row[k->tied]->name, x, measure,
	    next->high > 0 ? "" : " (too few rounds for an interval)");
}

static void
name_winners(struct verdict *v, const struct ranking *k)
{
	for (v->nwinners = 0; v->nwinners < k->tied; v->nwinners++)
		v->winner[v->nwinners] = k->row[v->nwinners]->name;
}

/* The least payload; of equals the one with fewest calls in flight. */
static const struct table *
smallest_table(const struct result *r)
{
	const struct table *best = NULL;
	size_t i;

	for (i = 0; i < r->ntables; i++) {
		const struct table *t = &r->tables[i];

		if (table_leads(r, t) && table_best(t) && (!best || t->size < best->size ||
		    (t->size == best->size &&
		    t->outstanding < best->outstanding)))
			best = t;
	}
	return best;
}

static double
table_mb_per_s(const struct table *t)
{
	double best = 0;
	size_t i;

	for (i = 0; i < t->nrows; i++)
		if (may_rank(&t->rows[i], RATIO_MEAN))
			best = fmax(best, row_mb_per_s(&t->rows[i]));
	return best;
}

/* The table in which some mechanism moved most bytes per second. */
static const struct table *
bulk_table(const struct result *r)
{
	const struct table *best = NULL;
	double mb_per_s, most = 0;
	size_t i;

	for (i = 0; i < r->ntables; i++) {
		mb_per_s = table_mb_per_s(&r->tables[i]);
		if (table_leads(r, &r->tables[i]) && mb_per_s > most) {
			most = mb_per_s;
			best = &r->tables[i];
		}
	}
	return best;
}

static bool
judge_small(const struct result *r, struct verdict *v)
{
	const struct table *t = smallest_table(r);
	char names[160], next[160], us[FIGURE_TEXT];
	struct ranking k;

	if (!t)
		return false;
	rank(&k, t, RATIO_P50, r->env.seed);
	if (k.n < 2)
		return false;
	v->topic = "Small calls";
	name_winners(v, &k);
	list_tied(names, sizeof(names), &k);
	describe_next(next, sizeof(next), &k, "as long");
	figure_short(us, row_time(k.row[0], RATIO_P50) / 1e3);
	snprintf(v->text, sizeof(v->text), k.tied > 1 ?
	    "For small calls there is no significant difference between %s: "
	    "%s µs at the median of %s%s." :
	    "For small calls %s has the lowest latency: %s µs at the median "
	    "of %s%s.", names, us, t->title, next);
	return true;
}

static bool
judge_bulk(const struct result *r, struct verdict *v)
{
	const struct table *t = bulk_table(r);
	char names[160], next[160], rate[FIGURE_TEXT];
	struct ranking k;

	if (!t)
		return false;
	rank(&k, t, RATIO_MEAN, r->env.seed);
	if (k.n < 2)
		return false;
	v->topic = "Bulk";
	name_winners(v, &k);
	list_tied(names, sizeof(names), &k);
	describe_next(next, sizeof(next), &k, "the time per call");
	figure_short(rate, row_mb_per_s(k.row[0]));
	snprintf(v->text, sizeof(v->text), k.tied > 1 ?
	    "For bulk there is no significant difference between %s: up to "
	    "%s MB/s in %s%s." :
	    "For bulk %s moves most: %s MB/s in %s%s.",
	    names, rate, t->title, next);
	return true;
}

static bool
reaches_hosts(const struct result *r, const char *name)
{
	static const char reach[] = "other hosts";
	size_t i;

	for (i = 0; i < r->nmechs; i++)
		if (strcmp(r->mechs[i].name, name) == 0)
			return strncmp(r->mechs[i].reach, reach,
			    sizeof(reach) - 1) == 0;
	return false;
}

static const struct row *
first_that_reaches(const struct result *r, const struct ranking *k,
    bool hosts)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (reaches_hosts(r, k->row[i]->name) == hosts)
			return k->row[i];
	return NULL;
}

static bool
judge_hosts(const struct result *r, struct verdict *v)
{
	const struct table *t = smallest_table(r);
	const struct row *far, *near;
	char cost[160], ratio[FIGURE_TEXT], far_us[FIGURE_TEXT];
	char near_us[FIGURE_TEXT];
	struct ranking k;
	struct interval x;

	if (!t)
		return false;
	rank(&k, t, RATIO_P50, r->env.seed);
	far = first_that_reaches(r, &k, true);
	near = first_that_reaches(r, &k, false);
	if (!far || !near)
		return false;
	x = table_ratio(t, far, near, RATIO_P50, r->env.seed);
	ratio_print(ratio, &x);
	if (x.high > 0 && !ratio_differs(&x))
		snprintf(cost, sizeof(cost), "makes no significant difference");
	else
		snprintf(cost, sizeof(cost), "costs %s times the best local "
		    "latency", ratio);
	figure_short(far_us, row_time(far, RATIO_P50) / 1e3);
	figure_short(near_us, row_time(near, RATIO_P50) / 1e3);
	v->topic = "Across hosts";
	v->winner[0] = far->name;
	v->nwinners = 1;
	snprintf(v->text, sizeof(v->text), "Being able to reach other hosts "
	    "%s: %s takes %s µs and %s, which stays on this host, %s µs at "
	    "the median of %s, both measured within one host.", cost,
	    far->name, far_us, near->name, near_us, t->title);
	return true;
}

size_t
verdicts(const struct result *r, struct verdict v[VERDICTS_MAX])
{
	size_t n = 0;

	n += judge_small(r, &v[n]);
	n += judge_bulk(r, &v[n]);
	n += judge_hosts(r, &v[n]);
	return n;
}
