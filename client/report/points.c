/*
 * The loads of bench, for the terminal: see points.h. Called by verb_bench.c.
 */
#include "report/points.h"

#include <errno.h>
#include <math.h>

#include "clock.h"
#include "report/figures.h"
#include "report/grid.h"
#include "report/honesty.h"
#include "report/stream.h"

static void
put_percentiles(FILE *out, const struct hist *h)
{
	static const double list[] = { 50, 90, 99, 99.9, 99.99 };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (hist_supports(h, list[i]))
			fprintf(out, "  p%-5g %10.1f us\n", list[i],
			    (double)hist_percentile(h, list[i]) / NS_PER_US);
	if (h->count > 0)
		fprintf(out, "  max    %10.1f us\n", (double)h->max / NS_PER_US);
}

static void
put_pacing(FILE *out, const struct table *t, const struct row *row)
{
	const struct paced *p = row->paced;
	char why[256];

	fprintf(out, "  offered %9llu /s, achieved %.0f /s\n",
	    (unsigned long long)t->rate, row_achieved(row));
	fprintf(out, "  missed  %9llu   (%llu waited for answers, %llu never left)\n",
	    (unsigned long long)p->missed, (unsigned long long)p->held,
	    (unsigned long long)p->unsent);
	fprintf(out, "  service time, from when a call left:\n");
	put_percentiles(out, &p->service);
	fprintf(out, "  pacing error, of calls that could leave:\n");
	put_percentiles(out, &p->pacing);
	if (rate_missed(why, sizeof(why), t, row))
		fprintf(out, "  ! %s\n", why);
}

/* What it cost each end: "-" of a server that does not tell. */
static void
put_cpu(FILE *out, const struct row *row)
{
	char here[FIGURE_TEXT], there[FIGURE_TEXT];

	figure_print(here, cost_cpu_us(row, &row->client), 2);
	figure_print(there, cost_cpu_us(row, &row->server), 2);
	fprintf(out, "  CPU    %10s us/call here, %s us/call there\n", here,
	    there);
}

static void
put_shares(FILE *out, const struct row *row)
{
	const struct shares *s = &row->shares;
	double percent = s->window_ns > 0 ? 100 / s->window_ns : NAN;
	char here[FIGURE_TEXT], there[FIGURE_TEXT];

	figure_print(here, percent * s->client_ns, 0);
	figure_print(there, row->server.known ? percent * s->server_ns : NAN,
	    0);
	fprintf(out, "  CPU    %9s %% here, %s %% there", here, there);
	if (s->machine_known)
		fprintf(out, ", %.0f %% others, %.0f %% stolen", percent *
		    (s->other_ns > 0 ? s->other_ns : 0),
		    percent * s->steal_ns);
	fprintf(out, "; of one CPU\n");
}

static void
put_failed(FILE *out, const struct row *row)
{
	for (unsigned i = 1; i < FAILED_KINDS; i++)
		if (row->failed[i] > 0)
			fprintf(out, "  failed %10llu   %s\n",
			    (unsigned long long)row->failed[i],
			    failed_name(i));
}

/* What the figures rest on. */
static void
put_verified(FILE *out, const struct table *t, const struct row *row)
{
	fprintf(out, "  answers verified: %s\n", t->verified[0] ?
	    t->verified : "by this workload's own rules");
	fprintf(out, "  server's count: %s\n", row->counts_bytes ?
	    "calls and bytes agree" : row->counts_calls ? "calls agree" :
	    "it has none that we know of");
}

static void
put_one(FILE *out, const struct table *t)
{
	const struct row *row = &t->rows[0];

	fprintf(out, "%s over %s\n", t->title, row->name);
	if (t->store[0] != '\0')
		fprintf(out, "  store  %s%s%s\n", t->store, t->durability[0] ?
		    ", durability " : "", t->durability);
	fprintf(out, "  calls  %10llu   (%llu to warm up, %llu lost)\n",
	    (unsigned long long)row->calls,
	    (unsigned long long)row->warmup_calls,
	    (unsigned long long)(row->errors - failed_count(row->failed)));
	put_failed(out, row);
	fprintf(out, "  rate   %10.0f /s\n", (double)row_answered(row) /
	    row->wall_ns * NS_PER_S);
	if (row->bytes > 0)
		fprintf(out, "  bytes  %10.1f MB/s\n", (double)row->bytes /
		    row->wall_ns * NS_PER_S / 1e6);
	if (row->paced != NULL)
		fprintf(out, "  response time, from when a call was due:\n");
	put_percentiles(out, row->hist);
	if (row->paced != NULL)
		put_pacing(out, t, row);
	put_cpu(out, row);
	put_shares(out, row);
	put_verified(out, t, row);
}

/* Of the figures of a row, and of those of its load. */
struct column {
	const char *head;
	double (*get)(const struct table *t, const struct row *row);
	double scale;
};

static double
get_max(const struct table *t, const struct row *row)
{
	(void)t;
	return (double)row->hist->max;
}

static double
get_rate(const struct table *t, const struct row *row)
{
	(void)t;
	return row->paced ? row_achieved(row) : row_calls_per_s(row);
}

static double
get_client(const struct table *t, const struct row *row)
{
	(void)t;
	return cost_cpu_us(row, &row->client);
}

static double
get_server(const struct table *t, const struct row *row)
{
	(void)t;
	return cost_cpu_us(row, &row->server);
}

static const struct column columns[] = {
	{ "calls/s", get_rate, 1 },
	{ "MB/s", load_mb_per_s, 1 },
	{ "p50\nµs", load_p50_ns, 1e-3 },
	{ "p99\nµs", load_p99_ns, 1e-3 },
	{ "max\nµs", get_max, 1e-3 },
	{ "client\nCPU µs", get_client, 1 },
	{ "server\nCPU µs", get_server, 1 },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), WIDTH = 100 };

/* "breaks: rate" of a search's trial; of others that a rate was missed. */
static void
put_outcome(struct grid *g, const struct table *t)
{
	char text[sizeof(t->promise) + sizeof(t->broken_by) + 2];

	snprintf(text, sizeof(text), "%s%s%s", t->promise,
	    t->broken_by[0] != '\0' ? ": " : "", t->broken_by);
	grid_cell(g, t->promise[0] == '\0' &&
	    rate_missed(NULL, 0, t, &t->rows[0]) ? "rate not reached" : text);
}

static void
put_line(struct grid *g, const struct table *t)
{
	const struct row *row = &t->rows[0];
	char text[FIGURE_TEXT], excuse[RESULT_NOTE_MAX + 32];

	grid_row(g, row_counts(row) ? GRID_PLAIN : GRID_BAD);
	grid_cell(g, t->title);
	if (!row_counts(row)) {
		row_excuse(excuse, row);
		grid_span(g, excuse);
		return;
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		figure_short(text, columns[i].get(t, row) * columns[i].scale);
		grid_cell(g, text);
	}
	put_outcome(g, t);
}

static int
put_many(const struct result *r, FILE *out, bool color)
{
	struct grid g;
	int err;

	fprintf(out, "%s\n\n", r->tables[0].rows[0].name);
	grid_init(&g, 2 + COLUMNS, 1);
	grid_row(&g, GRID_HEAD);
	grid_cell(&g, "load");
	for (size_t i = 0; i < COLUMNS; i++)
		grid_cell(&g, columns[i].head);
	for (size_t i = 0; i < r->ntables; i++)
		put_line(&g, &r->tables[i]);
	err = grid_print(&g, out, WIDTH, color);
	grid_release(&g);
	return err;
}

int
report_points(const struct result *r, FILE *out, bool color)
{
	int err = 0;

	errno = 0;
	if (r->ntables == 1)
		put_one(out, &r->tables[0]);
	else
		err = put_many(r, out, color);
	if (r->found.text[0] != '\0')
		fprintf(out, "\n%s.\n", r->found.text);
	if (r->env.partial)
		fputs("\nInterrupted: this is what had been measured by "
		    "then.\n", out);
	return err ? err : stream_flush(out);
}
