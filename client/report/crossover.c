/*
 * Where mechanisms change places: see crossover.h.
 */
#include "report/crossover.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figures.h"

enum { SIZES_MAX = 64 };

/* The tables that differ in size alone, smallest first. */
struct series {
	const struct table *t[SIZES_MAX];
	size_t n;
};

static void
collect(struct series *s, const struct result *r)
{
	s->n = 0;
	for (size_t i = 0; i < r->ntables && s->n < SIZES_MAX; i++) {
		const struct table *t = &r->tables[i];
		size_t at = s->n;

		if (!table_leads(r, t) || t->outstanding != 1 || t->size == 0)
			continue;
		for (; at > 0 && s->t[at - 1]->size > t->size; at--)
			s->t[at] = s->t[at - 1];
		s->t[at] = t;
		s->n++;
	}
}

/* -1: a is faster than b there, 1: slower, 0: not told apart, or unknown. */
static int
order(const struct table *t, const char *a, const char *b, double *ratio,
    uint64_t seed)
{
	struct interval x = table_ratio(t, table_row(t, a), table_row(t, b),
	    RATIO_P50, seed);

	*ratio = x.point;
	return x.point <= 0 || !ratio_differs(&x) ? 0 : x.point < 1 ? -1 : 1;
}

/* Is that row the fastest mechanism of t, or not told apart from it? */
static bool
leads(const struct table *t, const char *name)
{
	const struct row *row = table_row(t, name);

	return row_counts(row) && row->x_best.point > 0 &&
	    !ratio_differs(&row->x_best);
}

/* Interpolated between sizes that may be far apart: one digit is all that can
 * be meant, of the unit in which it is printed. */
static double
one_digit(double bytes)
{
	double unit = bytes < 1 << 10 ? 1 : bytes < 1 << 20 ? 1 << 10 : 1 << 20;
	double digit = pow(10, floor(log10(bytes / unit)));

	return unit * digit * round(bytes / unit / digit);
}

static void
describe(struct crossover *c)
{
	char at[FIGURE_TEXT], from[FIGURE_TEXT], to[FIGURE_TEXT];

	size_print(at, one_digit(c->bytes));
	size_print(from, c->from);
	size_print(to, c->to);
	snprintf(c->text, sizeof(c->text), "Below about %s %s is faster than "
	    "%s, above it is slower (measured at %s and %s).", at, c->small,
	    c->large, from, to);
}

/* The first turn of a and b along s: is there one that matters? */
static bool
find_turn(const struct series *s, const char *a, const char *b,
    uint64_t seed, struct crossover *c)
{
	const struct table *before = NULL;
	double ratio, was = 0;

	for (size_t i = 0; i < s->n; i++) {
		int now = order(s->t[i], a, b, &ratio, seed);

		if (now < 0) {
			before = s->t[i];
			was = ratio;
		}
		if (now <= 0 || before == NULL)
			continue;
		if (!leads(before, a) || !leads(s->t[i], b))
			return false;
		*c = (struct crossover){ .small = a, .large = b,
			.from = before->size, .to = s->t[i]->size };
		c->bytes = c->from * pow((double)c->to / c->from,
		    log(was) / (log(was) - log(ratio)));
		describe(c);
		return true;
	}
	return false;
}

size_t
crossovers(const struct result *r, struct crossover c[CROSSOVERS_MAX])
{
	const struct table *first;
	struct series s;
	size_t n = 0;

	collect(&s, r);
	if (s.n < 2)
		return 0;
	first = s.t[0];
	for (size_t i = 0; i < first->nrows; i++)
		for (size_t k = 0; k < first->nrows && n < CROSSOVERS_MAX; k++)
			if (first->rows[i].kind == ROW_MECH &&
			    first->rows[k].kind == ROW_MECH && i != k)
				n += find_turn(&s, first->rows[i].name,
				    first->rows[k].name, r->env.seed, &c[n]);
	return n;
}
