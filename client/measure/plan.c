/*
 * The plan of a comparison: see plan.h. Called by compare.c for each table, and
 * by verb_compare.c before anything is measured.
 */
#include "measure/plan.h"

#include "clock.h"

enum {
	ROUND_LEAST_MS = 2,	/* of a row: shorter ones are mostly noise */
	POLLED_TABLES = 2,	/* where the time goes is looked into in these */
};

/* What opening and closing take where that was not measured. */
static const uint64_t usual_setup_ns = 2 * NS_PER_MS;

static bool
has_many(const struct compare_table *t)
{
	return t->outstanding > 1 || t->connections > 1;
}

/*
 * Only the engine keeps many calls outstanding; stock's server under our
 * engine is there for nothing else, and has the measuring service alone.
 */
static bool
takes_part(const struct subject *s, const struct compare_table *t)
{
	const struct work_ops *ops = work_ops_find(t->spec.workload);
	bool engine = s->ops == &subject_conn_ops;

	if (s->kind == ROW_STOCK && (ops == NULL || !ops->stock))
		return false;
	return has_many(t) ? engine : !engine || s->kind != ROW_STOCK;
}

bool
plan_has_row(const struct comparison *c, size_t table,
    const struct subject *s)
{
	const struct compare_table *t = &c->tables[table];

	return takes_part(s, t) && (!s->polls || (table < POLLED_TABLES &&
	    !has_many(t) && t->rate == 0));
}

size_t
plan_rows(const struct comparison *c, size_t table)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nsubjects; i++)
		n += plan_has_row(c, table, &c->subjects[i]);
	return n;
}

size_t
plan_rows_in_all(const struct comparison *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->ntables; i++)
		n += plan_rows(c, i);
	return n;
}

/* Two busy CPUs are not kept from others longer than need be. */
uint64_t
plan_row_ns(const struct comparison *c, const struct subject *s)
{
	return s->polls ? c->round_ns / 4 : c->round_ns;
}

/* All of a row's round but the measurement, on each of its connections. */
static uint64_t
beside_ns(const struct comparison *c, const struct compare_table *t,
    const struct subject *s)
{
	uint64_t setup = s->setup_ns > 0 ? s->setup_ns : usual_setup_ns;

	return c->warmup_ns + setup * (t->connections > 1 ? t->connections :
	    1);
}

static uint64_t
table_beside_ns(const struct comparison *c, size_t table)
{
	uint64_t ns = 0;

	for (size_t i = 0; i < c->nsubjects; i++)
		if (plan_has_row(c, table, &c->subjects[i]))
			ns += beside_ns(c, &c->tables[table],
			    &c->subjects[i]);
	return ns;
}

uint64_t
plan_round_ns(const struct comparison *c, size_t table)
{
	uint64_t ns = table_beside_ns(c, table);

	for (size_t i = 0; i < c->nsubjects; i++)
		if (plan_has_row(c, table, &c->subjects[i]))
			ns += plan_row_ns(c, &c->subjects[i]);
	return ns;
}

static uint64_t
left_ns(const struct comparison *c)
{
	uint64_t now = clock_ns();

	return c->end_ns == 0 ? UINT64_MAX : c->end_ns > now ?
	    c->end_ns - now : 0;
}

uint64_t
plan_all_ns(const struct comparison *c)
{
	uint64_t ns = 0, left = left_ns(c);

	for (size_t i = 0; i < c->ntables; i++)
		ns += c->rounds * plan_round_ns(c, i);
	return ns < left ? ns : left;
}

void
plan_fit(struct comparison *c)
{
	uint64_t beside = 0, rows = plan_rows_in_all(c), each, least;

	if (c->end_ns == 0 || rows == 0)
		return;
	for (size_t i = 0; i < c->ntables; i++)
		beside += table_beside_ns(c, i);
	each = left_ns(c) / (c->rounds < PLAN_ROUNDS ? c->rounds :
	    PLAN_ROUNDS);
	each = each > beside ? (each - beside) / rows : 0;
	least = ROUND_LEAST_MS * NS_PER_MS;
	if (each < least)
		each = least;
	if (each < c->round_ns)
		c->round_ns = each;
}

uint64_t
plan_table_end(const struct comparison *c, size_t table)
{
	double own = (double)plan_round_ns(c, table), all = 0;

	if (c->end_ns == 0)
		return UINT64_MAX;
	for (size_t i = table; i < c->ntables; i++)
		all += (double)plan_round_ns(c, i);
	return clock_ns() + (uint64_t)((double)left_ns(c) *
	    (all > 0 ? own / all : 1));
}
