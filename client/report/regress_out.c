/*
 * Findings written out, for the terminal, as JSON and as JUnit's XML, which
 * build servers show.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "report/figures.h"
#include "report/grid.h"
#include "report/html_out.h"
#include "report/jsonw.h"
#include "report/regress.h"
#include "report/stream.h"

enum { WIDTH = 100 };

/* "no significant difference" where the interval holds 1. */
static const char *
verdict(const struct finding *f)
{
	if (f->outcome != OUTCOME_INFO)
		return outcome_text(f->outcome);
	if (f->x.point <= 0)
		return "unknown";
	if (f->x.high <= 0)
		return "too few rounds to tell";
	if (!ratio_differs(&f->x) || (f->x_floor.high > 0 &&
	    (!ratio_differs(&f->x_floor) ||
	    (f->x.point > 1) != (f->x_floor.point > 1))))
		return "no significant difference";
	return (f->x.point > 1) == (f->metric->unit == METRIC_NS) ? "worse" :
	    "better";
}

static void
put_finding(struct grid *g, const struct finding *f)
{
	char text[RESULT_NOTE_MAX + 32];

	grid_row(g, f->outcome == OUTCOME_BROKEN ? GRID_BAD : GRID_PLAIN);
	grid_cell(g, f->table->title);
	grid_cell(g, f->new->name);
	grid_cell(g, f->threshold ? f->threshold->text : f->metric->name);
	if (!row_counts(f->new)) {
		row_excuse(text, f->new);
		grid_span(g, text);
		return;
	}
	metric_print(text, f->metric, f->was);
	grid_cell(g, text);
	metric_print(text, f->metric, f->is);
	grid_cell(g, text);
	ratio_print(text, &f->x);
	grid_cell(g, text);
	ratio_print(text, &f->x_floor);
	grid_cell(g, text);
	grid_cell(g, verdict(f));
}

static int
put_findings(const struct findings *f, FILE *out, bool color)
{
	static const char *const heads[] = { "workload", "row", "figure",
		"old", "new", "new / old", "beside the floor", "verdict" };
	struct grid g;
	int err;

	grid_init(&g, sizeof(heads) / sizeof(heads[0]), GRID_COLUMNS_MAX);
	grid_row(&g, GRID_HEAD);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		grid_cell(&g, heads[i]);
	for (size_t i = 0; i < f->n; i++)
		put_finding(&g, &f->list[i]);
	err = grid_print(&g, out, WIDTH, color);
	grid_release(&g);
	return err;
}

/* What was not alike, and so may be what is seen. */
static void
put_difference(FILE *out, const char *what, const char *old, const char *new)
{
	if (strcmp(old, new) != 0)
		fprintf(out, "! the %s differs: %s, then %s\n", what, old, new);
}

static void
put_differences(FILE *out, const struct env *a, const struct env *b)
{
	put_difference(out, "host", a->host, b->host);
	put_difference(out, "CPU", a->cpu, b->cpu);
	put_difference(out, "kernel", a->kernel, b->kernel);
	put_difference(out, "version", a->version, b->version);
	put_difference(out, "placement", a->placement, b->placement);
	put_difference(out, "polling", a->spin, b->spin);
}

int
regress_text(const struct findings *f, const struct result *old,
    const struct result *new, FILE *out, bool color)
{
	int err;

	errno = 0;
	if (old != NULL) {
		fprintf(out, "old: %s, new: %s\n", old->env.date,
		    new->env.date);
		put_differences(out, &old->env, &new->env);
	}
	err = put_findings(f, out, color);
	if (err)
		return err;
	if (f->unmatched > 0)
		fprintf(out, "! %zu rows of the old result are not in the new "
		    "one\n", f->unmatched);
	if (f->noise > 0)
		fprintf(out, "%u beyond the limit, but not beyond the noise of "
		    "the two runs: no verdict; more rounds tell\n", f->noise);
	if (f->broken > 0)
		fprintf(out, "%u of %zu broken\n", f->broken, f->n);
	return stream_flush(out);
}

static void
put_interval(struct jsonw *w, const char *name, const struct interval *x)
{
	jsonw_open(w, name, '{');
	jsonw_real(w, "point", x->point > 0 ? x->point : NAN);
	jsonw_real(w, "low", x->high > 0 ? x->low : NAN);
	jsonw_real(w, "high", x->high > 0 ? x->high : NAN);
	jsonw_close(w, '}');
}

int
regress_json(const struct findings *f, const struct result *old,
    const struct result *new, FILE *out)
{
	struct jsonw w;

	errno = 0;
	jsonw_init(&w, out);
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/regress/1");
	jsonw_string(&w, "old", old ? old->env.date : "");
	jsonw_string(&w, "new", new->env.date);
	jsonw_uint(&w, "broken", f->broken);
	jsonw_uint(&w, "inside_noise", f->noise);
	jsonw_uint(&w, "unknown", f->unknown);
	jsonw_uint(&w, "rows_gone", f->unmatched);
	jsonw_open(&w, "findings", '[');
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *g = &f->list[i];

		jsonw_open(&w, NULL, '{');
		jsonw_string(&w, "workload", g->table->title);
		jsonw_string(&w, "row", g->new->name);
		jsonw_string(&w, "metric", g->metric->name);
		jsonw_string(&w, "threshold",
		    g->threshold ? g->threshold->text : "");
		jsonw_real(&w, "old", g->was);
		jsonw_real(&w, "new", g->is);
		put_interval(&w, "ratio", &g->x);
		put_interval(&w, "ratio_beside_floor", &g->x_floor);
		jsonw_string(&w, "verdict", verdict(g));
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	fputc('\n', out);
	return stream_flush(out);
}

static void
put_case(FILE *out, const struct finding *f)
{
	char was[32], is[32];

	metric_print(was, f->metric, f->was);
	metric_print(is, f->metric, f->is);
	fputs("  <testcase classname=\"", out);
	html_text(out, f->table->title);
	fputs("\" name=\"", out);
	html_text(out, f->new->name);
	fputs(", ", out);
	html_text(out, f->threshold ? f->threshold->text : f->metric->name);
	fputs("\">", out);
	if (f->outcome == OUTCOME_BROKEN)
		fprintf(out, "<failure message=\"%s, was %s\"/>", is, was);
	else if (f->outcome == OUTCOME_NOISE || f->outcome == OUTCOME_UNKNOWN)
		fprintf(out, "<skipped message=\"%s: %s, was %s\"/>",
		    outcome_text(f->outcome), is, was);
	fputs("</testcase>\n", out);
}

int
regress_junit(const struct findings *f, FILE *out)
{
	errno = 0;
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite "
	    "name=\"rpcall compare\" tests=\"%zu\" failures=\"%u\" "
	    "skipped=\"%u\">\n", f->n, f->broken, f->noise + f->unknown);
	for (size_t i = 0; i < f->n; i++)
		put_case(out, &f->list[i]);
	fputs("</testsuite>\n", out);
	return stream_flush(out);
}
