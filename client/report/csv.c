/*
 * One line per row of every table, for spreadsheets and scripts. Quoting is
 * that of RFC 4180; lines end in a bare newline, as other tools here expect,
 * and an unknown figure is an empty field. verb_compare calls report_csv().
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "report/figures.h"
#include "report/honesty.h"
#include "report/part_names.h"
#include "report/report.h"
#include "report/setup_parts.h"
#include "report/stream.h"

struct csv {
	FILE *out;
	bool separate;		/* a field stands before the next one */
};

static void
put_separator(struct csv *c)
{
	if (c->separate)
		fputc(',', c->out);
	c->separate = true;
}

static void
put_text(struct csv *c, const char *s)
{
	put_separator(c);
	if (!s[strcspn(s, "\",\r\n")]) {
		fputs(s, c->out);
		return;
	}
	fputc('"', c->out);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', c->out);
		fputc(*s, c->out);
	}
	fputc('"', c->out);
}

static void
put_real(struct csv *c, double v)
{
	put_separator(c);
	if (isfinite(v))
		fprintf(c->out, "%.10g", v);
}

static void
put_count(struct csv *c, uint64_t v)
{
	put_separator(c);
	fprintf(c->out, "%llu", (unsigned long long)v);
}

static void
end_line(struct csv *c)
{
	fputc('\n', c->out);
	c->separate = false;
}

static void
put_part_heads(struct csv *c)
{
	static const char *const ends[] = { "", "_low", "_high" };
	char name[64];

	for (int i = 0; i < PARTS; i++)
		for (int k = 0; k < 3; k++) {
			snprintf(name, sizeof(name), "%s_ns%s",
			    part_names[i].name, ends[k]);
			put_text(c, name);
		}
}

static void
put_kernel_heads(struct csv *c)
{
	put_text(c, "client_message_calls");
	put_text(c, "client_message_bytes");
	put_text(c, "server_message_calls");
	put_text(c, "server_message_bytes");
}

static void
put_setup_heads(struct csv *c)
{
	static const char *const ends[] = { "ns", "low_ns", "high_ns" };
	char name[64];

	put_text(c, "setup_repeats");
	for (int i = 0; i < SETUP_PARTS; i++)
		for (int k = 0; k < 3; k++) {
			snprintf(name, sizeof(name), "setup_%s_%s",
			    setup_parts[i].name, ends[k]);
			put_text(c, name);
		}
}

static void
put_head(struct csv *c)
{
	static const char *const names[] = {
		"workload", "procedure", "size", "outstanding", "row", "kind",
		"measured", "void", "note", "calls", "warmup_calls", "errors",
		"bytes", "wall_ns", "rounds", "p50_ns", "p90_ns", "p99_ns",
		"p99.9_ns", "p99.99_ns", "max_ns", "min_ns", "mean_ns",
		"calls_per_s", "mb_per_s", "client_user_ns",
		"client_system_ns", "client_voluntary", "client_involuntary",
		"server_user_ns", "server_system_ns", "server_voluntary",
		"server_involuntary", "x_floor", "x_floor_low",
		"x_floor_high", "x_stock", "x_stock_low", "x_stock_high",
		"x_best", "x_best_low", "x_best_high", "service", "store",
		"durability", "connections", "arrivals", "unsent", "resent",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_text(c, names[i]);
	for (i = 0; i < HONESTY_COLUMNS; i++)
		put_text(c, honesty[i].name);
	put_setup_heads(c);
	put_kernel_heads(c);
	put_part_heads(c);
	end_line(c);
}

static void
put_latency(struct csv *c, const struct row *row)
{
	static const double list[] = { 50, 90, 99, 99.9, 99.99 };
	const struct hist *h = row->hist;
	bool counts = row_counts(row);
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		put_real(c, row_percentile_ns(row, list[i]));
	put_real(c, counts ? (double)h->max : NAN);
	put_real(c, counts ? (double)h->min : NAN);
	put_real(c, counts ? h->sum / (double)h->count : NAN);
}

static void
put_cost(struct csv *c, const struct row *row, const struct cost *cost)
{
	double per = cost->known && row->calls > 0 ?
	    1 / (double)row->calls : NAN;

	put_real(c, cost->user_ns * per);
	put_real(c, cost->system_ns * per);
	put_real(c, cost->voluntary * per);
	put_real(c, cost->involuntary * per);
}

static void
put_ratio(struct csv *c, const struct interval *x)
{
	bool known = x->point > 0, bounded = known && x->high > 0;

	put_real(c, known ? x->point : NAN);
	put_real(c, bounded ? x->low : NAN);
	put_real(c, bounded ? x->high : NAN);
}

static void
put_load(struct csv *c, const struct table *t, const struct row *row)
{
	put_count(c, t->connections);
	put_text(c, t->arrivals);
	put_real(c, row->paced ? (double)row->paced->unsent : NAN);
	put_count(c, row->resent);
	for (size_t i = 0; i < HONESTY_COLUMNS; i++)
		put_real(c, honesty_get(&honesty[i], t, row));
}

static void
put_kernel(struct csv *c, const struct cost *cost)
{
	put_real(c, cost->kernel_calls / cost->counted_calls);
	put_real(c, cost->kernel_bytes / cost->counted_calls);
}

/* Of the mechanism, the same in each of its rows. */
static void
put_setup(struct csv *c, const struct setup *s)
{
	static const struct setup none;

	if (s == NULL)
		s = &none;
	put_real(c, s->part[SETUP_CLOSE].n > 0 ? s->part[SETUP_CLOSE].n : NAN);
	for (int i = 0; i < SETUP_PARTS; i++) {
		const struct spread *part = &s->part[i];
		bool any = part->n > 0;

		put_real(c, any ? part->median_ns : NAN);
		put_real(c, any ? part->low_ns : NAN);
		put_real(c, any ? part->high_ns : NAN);
	}
}

static void
put_row(struct csv *c, const struct result *r, const struct table *t,
    const struct row *row)
{
	put_text(c, t->title);
	put_text(c, t->procedure);
	put_count(c, t->size);
	put_count(c, t->outstanding);
	put_text(c, row->name);
	put_text(c, row_kind_name(row->kind));
	put_count(c, row->measured);
	put_count(c, row->is_void);
	put_text(c, row->note);
	put_count(c, row->calls);
	put_count(c, row->warmup_calls);
	put_count(c, row->errors);
	put_count(c, row->bytes);
	put_real(c, row->wall_ns);
	put_count(c, row->nrounds);
	put_latency(c, row);
	put_real(c, row_calls_per_s(row));
	put_real(c, row_mb_per_s(row));
	put_cost(c, row, &row->client);
	put_cost(c, row, &row->server);
	put_ratio(c, &row->x_floor);
	put_ratio(c, &row->x_stock);
	put_ratio(c, &row->x_best);
	put_text(c, t->workload);
	put_text(c, t->store);
	put_text(c, t->durability);
	put_load(c, t, row);
	put_setup(c, setup_of(r, row->name));
	put_kernel(c, &row->client);
	put_kernel(c, &row->server);
	for (int i = 0; i < PARTS; i++) {
		put_real(c, row->parts[i].point);
		put_real(c, row->parts[i].low);
		put_real(c, row->parts[i].high);
	}
	end_line(c);
}

int
report_csv(const struct result *r, FILE *out)
{
	struct csv c = { out, false };
	const struct row *row;
	size_t i, k;

	errno = 0;
	put_head(&c);
	for (i = 0; i < r->ntables; i++)
		for (k = 0; (row = table_shown(&r->tables[i], k)); k++)
			put_row(&c, r, &r->tables[i], row);
	return stream_flush(out);
}
