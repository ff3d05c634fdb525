/*
 * Charts of what one thing does to the rest: payload size, calls under way,
 * connections, offered rate. Loads that differ in that alone stand in one
 * chart, with a line for each mechanism (html_chart.h).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figures.h"
#include "report/honesty.h"
#include "report/html_chart.h"
#include "report/html_out.h"

/* What is varied: its value, 0 where a load has none; and as it is shown. */
struct varied {
	double (*get)(const struct table *t);
	const char *x_title;
	void (*print)(char buf[32], double v);
};

/* What is drawn against it. */
struct drawn {
	const char *title;
	double (*get)(const struct table *t, const struct row *row);
	void (*print)(char buf[32], double v);
};

static double
get_size(const struct table *t)
{
	return t->size;
}

static double
get_outstanding(const struct table *t)
{
	return t->rate > 0 ? 0 : t->outstanding;
}

static double
get_connections(const struct table *t)
{
	return t->rate > 0 ? 0 : t->connections;
}

static double
get_rate(const struct table *t)
{
	return (double)t->rate;
}

static void
print_count(char buf[32], double v)
{
	if (v >= 1e6)
		snprintf(buf, 32, "%.4gM", v / 1e6);
	else if (v >= 1e3)
		snprintf(buf, 32, "%.4gk", v / 1e3);
	else
		snprintf(buf, 32, "%.4g", v);
}

static void
print_per_s(char buf[32], double v)
{
	print_count(buf, v);
	snprintf(buf + strlen(buf), 32 - strlen(buf), "/s");
}

static void
print_mb_per_s(char buf[32], double v)
{
	if (v >= 999.5)
		snprintf(buf, 32, "%.3g GB/s", v / 1000);
	else
		snprintf(buf, 32, "%.3g MB/s", v);
}

static double
get_calls(const struct table *t, const struct row *row)
{
	(void)t;
	return row_calls_per_s(row);
}

static const struct varied sizes = {
	get_size, "payload", size_print,
}, outstanding = {
	get_outstanding, "calls under way on each connection", print_count,
}, connections = {
	get_connections, "connections", print_count,
}, rates = {
	get_rate, "offered rate, calls/s", print_count,
};

/* Do both differ in v at most? What was measured must be the same. */
static bool
alike(const struct table *a, const struct table *b, const struct varied *v)
{
	return strcmp(a->procedure, b->procedure) == 0 &&
	    strcmp(a->workload, b->workload) == 0 &&
	    strcmp(a->arrivals, b->arrivals) == 0 &&
	    (v == &sizes || a->size == b->size) &&
	    (v == &outstanding || a->outstanding == b->outstanding) &&
	    (v == &connections || a->connections == b->connections) &&
	    (v == &rates || a->rate == b->rate);
}

/* Is the i-th the first of a group that has more than one value of v? */
static bool
begins(const struct result *r, size_t i, const struct varied *v)
{
	const struct table *t = &r->tables[i];
	bool many = false;

	if (v->get(t) <= 0)
		return false;
	for (size_t k = 0; k < r->ntables; k++) {
		const struct table *other = &r->tables[k];

		if (v->get(other) <= 0 || !alike(t, other, v))
			continue;
		if (k < i)
			return false;
		many |= v->get(other) != v->get(t);
	}
	return many;
}

static struct chart_series *
series_of(struct chart *c, const struct result *r, const struct table *t,
    const char *name)
{
	char whole[CHART_NAME];
	bool many = facet_of_many(r, name);

	snprintf(whole, sizeof(whole), many ? "%s %s" : "%s", name, t->source);
	return chart_series(c, whole, many ? c->nseries % HTML_COLOURS :
	    html_colour(r, name));
}

static void
add_table(struct chart *c, const struct result *r, const struct table *t,
    double x, const struct drawn *d)
{
	for (size_t i = 0; i < t->nrows; i++) {
		const struct row *row = &t->rows[i];
		struct chart_series *s;

		if (row->kind != ROW_MECH)
			continue;
		s = series_of(c, r, t, row->name);
		if (s != NULL)
			chart_add(s, x, d->get(t, row),
			    rate_missed(NULL, 0, t, row) ? MARK_HOLLOW :
			    MARK_POINT);
	}
}

/* What the loads of a chart have in common. */
static void
print_note(char *buf, size_t n, const struct table *t, const struct varied *v)
{
	char size[FIGURE_TEXT];
	int at = snprintf(buf, n, "%s", t->procedure);

	size_print(size, t->size);
	if (v != &sizes && t->size > 0)
		at += snprintf(buf + at, n - (size_t)at, ", %s", size);
	if (v != &outstanding)
		at += snprintf(buf + at, n - (size_t)at, ", %u %s under way",
		    t->outstanding, t->outstanding == 1 ? "call" : "calls");
	if (v != &connections && t->connections > 1)
		at += snprintf(buf + at, n - (size_t)at, ", %u connections",
		    t->connections);
	if (v != &rates && t->rate > 0)
		at += snprintf(buf + at, n - (size_t)at, ", %llu/s",
		    (unsigned long long)t->rate);
	snprintf(buf + at, n - (size_t)at, "; both axes are logarithmic.%s",
	    v == &rates ? " Hollow: the rate was not reached." : "");
}

static void
draw_one(struct canvas *s, const struct result *r, size_t first,
    const struct varied *v, const struct drawn *d)
{
	struct chart c = { .title = d->title, .x_title = v->x_title,
	    .hollow = "the rate was not reached",
	    .print_x = v->print, .print_y = d->print };
	const struct table *t = &r->tables[first];
	char note[256];

	print_note(note, sizeof(note), t, v);
	c.note = note;
	for (size_t i = first; i < r->ntables; i++)
		if (v->get(&r->tables[i]) > 0 && alike(t, &r->tables[i], v))
			add_table(&c, r, &r->tables[i],
			    v->get(&r->tables[i]), d);
	chart_draw(s, &c);
}

/* Both of d for each group; false: there is none. */
static bool
draw_groups(struct canvas *s, const struct result *r, const struct varied *v,
    const struct drawn d[2])
{
	bool any = false;

	for (size_t i = 0; i < r->ntables; i++) {
		if (!begins(r, i, v))
			continue;
		any = true;
		draw_one(s, r, i, v, &d[0]);
		draw_one(s, r, i, v, &d[1]);
	}
	return any;
}

bool
charts_by_size(struct canvas *s, const struct result *r)
{
	static const struct drawn d[2] = {
		{ "Median latency against payload size", load_p50_ns, time_print },
		{ "Throughput against payload size", load_mb_per_s, print_mb_per_s },
	};

	return draw_groups(s, r, &sizes, d);
}

bool
charts_by_concurrency(struct canvas *s, const struct result *r)
{
	static const struct drawn calls[2] = {
		{ "Throughput against calls under way", get_calls,
		    print_per_s },
		{ "p99 latency against calls under way", load_p99_ns, time_print },
	}, lines[2] = {
		{ "Throughput against connections", get_calls, print_per_s },
		{ "p99 latency against connections", load_p99_ns, time_print },
	};
	bool any = draw_groups(s, r, &outstanding, calls);

	return draw_groups(s, r, &connections, lines) || any;
}

bool
charts_by_rate(struct canvas *s, const struct result *r)
{
	static const struct drawn d[2] = {
		{ "Median latency against offered rate", load_p50_ns, time_print },
		{ "p99 latency against offered rate", load_p99_ns, time_print },
	};

	return draw_groups(s, r, &rates, d);
}
