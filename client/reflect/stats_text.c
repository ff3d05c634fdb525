/*
 * Statistics as tables: see stats_out.h. What the daemon sent reaches the
 * terminal through grid.c only, which lets no control character through.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "clock.h"
#include "reflect/stats_out.h"
#include "report/figures.h"
#include "report/grid.h"
#include "report/stream.h"

enum { WIDTH = 120, COLUMNS = 8 };

__attribute__((format(printf, 2, 3))) static void
cell(struct grid *g, const char *fmt, ...)
{
	char text[640];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	grid_cell(g, text);
}

/* "2 d 3 h", "3 h 4 min", "4 min 5 s", "5 s" */
static void
format_uptime(char *out, size_t size, uint64_t ns)
{
	static const struct {
		const char *name;
		uint64_t seconds;
	} units[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 } };
	uint64_t s = ns / NS_PER_S;

	for (int i = 0; i < 3; i++) {
		uint64_t next = i < 2 ? units[i + 1].seconds : 1;

		if (s < units[i].seconds)
			continue;
		snprintf(out, size, "%llu %s %llu %s",
		    (unsigned long long)(s / units[i].seconds), units[i].name,
		    (unsigned long long)(s % units[i].seconds / next),
		    i < 2 ? units[i + 1].name : "s");
		return;
	}
	snprintf(out, size, "%llu s", (unsigned long long)s);
}

/* A line about the daemon; through a grid for what it may hold. */
static int
put_title(FILE *out, const struct stats_view *v)
{
	const reflect_info *i = &v->s->info;
	char up[64], text[1024];
	struct grid g;
	int err;

	format_uptime(up, sizeof(up), v->s->stats.uptime_ns);
	snprintf(text, sizeof(text), "%s %s on %s, process %u, up %s, %u "
	    "%s at %s", i->product, i->release, i->host, i->pid, up,
	    i->workers, i->workers == 1 ? "worker" : "workers", v->uri);
	grid_init(&g, 1, 1);
	grid_row(&g, GRID_PLAIN);
	grid_cell(&g, text);
	err = grid_print(&g, out, WIDTH, v->color);
	grid_release(&g);
	return err;
}

static void
head(struct grid *g, const struct stats_view *v)
{
	static const char *const totals[COLUMNS] = { "PROCEDURE", "MECHANISM",
		"CALLS", "ERRORS", "IN", "OUT", "P50 µs", "P99 µs" };
	static const char *const rates[COLUMNS] = { "PROCEDURE", "MECHANISM",
		"CALLS/s", "ERRORS/s", "IN/s", "OUT/s", "P50 µs", "P99 µs" };

	grid_row(g, GRID_HEAD);
	for (int i = 0; i < COLUMNS; i++)
		grid_cell(g, v->seconds > 0 ? rates[i] : totals[i]);
}

/* A count, or how many a second. */
static void
count_cell(struct grid *g, const struct stats_view *v, uint64_t n)
{
	char text[FIGURE_TEXT];

	if (v->seconds <= 0) {
		cell(g, "%llu", (unsigned long long)n);
		return;
	}
	figure_short(text, (double)n / v->seconds);
	grid_cell(g, text);
}

static void
bytes_cell(struct grid *g, const struct stats_view *v, uint64_t n)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = v->seconds > 0 ? (double)n / v->seconds : (double)n;
	int unit = 0;

	while (value >= 1024 && unit < 4) {
		value /= 1024;
		unit++;
	}
	cell(g, "%.*f %s", unit > 0 && value < 100, value, units[unit]);
}

static void
time_cell(struct grid *g, double ns)
{
	char text[FIGURE_TEXT];

	if (ns < 0)
		snprintf(text, sizeof(text), "-");
	else
		figure_short(text, ns / NS_PER_US);
	grid_cell(g, text);
}

static void
put_row(struct grid *g, const struct stats_view *v, const reflect_row *r)
{
	char prog[REFLECT_NAME_MAX + 1], proc[REFLECT_NAME_MAX + 1];

	grid_row(g, row_errors_sum(r) > 0 ? GRID_BAD : GRID_PLAIN);
	if (r->found)
		cell(g, "%s/%u.%s", row_program(v->s, r, prog, sizeof(prog)),
		    r->vers, row_procedure(v->s, r, proc, sizeof(proc)));
	else
		cell(g, "(none of ours)");
	grid_cell(g, r->mechanism);
	count_cell(g, v, r->calls);
	count_cell(g, v, row_errors_sum(r));
	bytes_cell(g, v, r->bytes_in);
	bytes_cell(g, v, r->bytes_out);
	time_cell(g, row_percentile(r, 50));
	time_cell(g, row_percentile(r, 99));
}

static int
put_rows(FILE *out, const struct stats_view *v)
{
	struct grid g;
	int err;

	grid_init(&g, COLUMNS, 2);
	head(&g, v);
	for (u_int i = 0; i < v->s->stats.rows.rows_len; i++) {
		const reflect_row *r = &v->s->stats.rows.rows_val[i];

		if (r->calls > 0 || row_errors_sum(r) > 0)
			put_row(&g, v, r);
	}
	err = grid_print(&g, out, WIDTH, v->color);
	grid_release(&g);
	return err;
}

/* What the errors were, in words. */
static int
put_errors(FILE *out, const struct stats_view *v)
{
	struct row_error sums[ROW_ERRORS], errors[ROW_ERRORS];
	reflect_row none = { 0 };
	const char *lead = "errors: ";

	row_errors(&none, sums);
	for (u_int i = 0; i < v->s->stats.rows.rows_len; i++) {
		row_errors(&v->s->stats.rows.rows_val[i], errors);
		for (int k = 0; k < ROW_ERRORS; k++)
			sums[k].count += errors[k].count;
	}
	for (int k = 0; k < ROW_ERRORS; k++) {
		if (sums[k].count == 0)
			continue;
		fprintf(out, "%s%s %llu", lead, sums[k].name,
		    (unsigned long long)sums[k].count);
		lead = ", ";
	}
	if (lead[0] == ',')
		fputc('\n', out);
	return stream_flush(out);
}

/* Those that are 0 say nothing; three to a line. */
static int
put_figures(FILE *out, const struct stats_view *v)
{
	struct grid g;
	int err, shown = 0;

	grid_init(&g, 6, 6);
	for (u_int i = 0; i < v->s->stats.figures.figures_len; i++) {
		const reflect_value *f = &v->s->stats.figures.figures_val[i];

		if (f->value == 0)
			continue;
		if (shown++ % 3 == 0)
			grid_row(&g, GRID_PLAIN);
		grid_cell(&g, f->name);
		cell(&g, "%llu", (unsigned long long)f->value);
	}
	fputc('\n', out);
	err = grid_print(&g, out, WIDTH, v->color);
	grid_release(&g);
	return err;
}

int
stats_text(FILE *out, const struct stats_view *v)
{
	int err = put_title(out, v);

	if (err == 0)
		err = put_rows(out, v);
	if (err == 0)
		err = put_errors(out, v);
	if (err == 0)
		err = put_figures(out, v);
	return err ? err : stream_flush(out);
}
