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
#include "report/remarks.h"
#include "report/stream.h"

enum { WIDTH = 100 };

/* "not judged: 988 samples, p99 needs 1000" */
static void
print_verdict(char buf[2 * FINDING_TEXT], const struct finding *f)
{
	char why[FINDING_TEXT];

	finding_why(why, f);
	snprintf(buf, 2 * FINDING_TEXT, "%s%s%s", finding_verdict(f),
	    why[0] ? ": " : "", why);
}

/* Has f figures, with a ratio where it is the ratio that matters? */
static bool
has_figures(const struct finding *f)
{
	return row_counts(f->new) && !isnan(f->is) &&
	    (!f->by_rounds || f->x.point > 0);
}

static void
put_finding(struct grid *g, const struct finding *f)
{
	char text[2 * FINDING_TEXT];

	grid_row(g, f->outcome == OUTCOME_BROKEN ||
	    f->outcome == OUTCOME_UNKNOWN ? GRID_BAD : GRID_PLAIN);
	grid_cell(g, f->table->title);
	grid_cell(g, f->new->name);
	grid_cell(g, f->threshold ? f->threshold->text : f->metric->name);
	if (!has_figures(f)) {
		print_verdict(text, f);
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
	print_verdict(text, f);
	grid_cell(g, text);
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
	char text[2 * 128 + 64];

	if (strcmp(old, new) == 0)
		return;
	snprintf(text, sizeof(text), "! the %s differs: %s, then %s", what,
	    old, new);
	grid_paragraph(out, text, 2, WIDTH);
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

/* What the figures are of, where they are held against older ones. */
static void
put_basis(const struct findings *f, FILE *out)
{
	bool rounds = false, samples = false;

	for (size_t i = 0; i < f->n; i++) {
		rounds |= f->list[i].by_rounds;
		samples |= !f->list[i].by_rounds && f->list[i].old != NULL;
	}
	if (rounds)
		fputs("  old and new are medians of rounds, which the ratio and "
		    "its interval are of\n", out);
	if (rounds && samples)
		fputs("  but for p99.9, max, cpu, errors, and limits without "
		    "percent: those are of all samples\n", out);
}

/* Of one of the two results. */
struct remarked {
	FILE *out;
	const char *of;
};

static void
put_warning(void *arg, bool warning, const char *text)
{
	const struct remarked *x = arg;
	char line[512];

	if (!warning)
		return;
	snprintf(line, sizeof(line), "! %s: %s", x->of, text);
	grid_paragraph(x->out, line, 2, WIDTH);
}

int
regress_text(const struct findings *f, const struct result *old,
    const struct result *new, FILE *out, bool color)
{
	char text[128];
	int err;

	errno = 0;
	if (old != NULL) {
		snprintf(text, sizeof(text), "old: %s, new: %s",
		    old->env.date, new->env.date);
		grid_line(out, text);
		put_differences(out, &old->env, &new->env);
	}
	err = put_findings(f, out, color);
	if (err)
		return err;
	if (f->unmatched > 0)
		fprintf(out, "! %zu rows of the old result are not in the new "
		    "one\n", f->unmatched);
	put_basis(f, out);
	if (old != NULL) {
		remarks(old, put_warning, &(struct remarked){ out, "old" });
		remarks(new, put_warning, &(struct remarked){ out, "new" });
	}
	if (f->noise > 0)
		fprintf(out, "%u beyond the limit, but not beyond the noise of "
		    "the two runs: no verdict; more rounds tell\n", f->noise);
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
	char why[FINDING_TEXT];
	struct jsonw w;

	errno = 0;
	jsonw_init(&w, out);
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/regress/1");
	jsonw_string(&w, "old", old ? old->env.date : "");
	jsonw_string(&w, "new", new->env.date);
	jsonw_uint(&w, "broken", f->broken);
	jsonw_uint(&w, "inside_noise", f->noise);
	jsonw_uint(&w, "not_judged", f->unknown);
	jsonw_uint(&w, "skipped", f->skipped);
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
		jsonw_string(&w, "of", g->by_rounds ? "rounds" : "samples");
		put_interval(&w, "ratio", &g->x);
		put_interval(&w, "ratio_beside_floor", &g->x_floor);
		jsonw_string(&w, "verdict", finding_verdict(g));
		finding_why(why, g);
		jsonw_string(&w, "why", why);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	fputc('\n', out);
	return stream_flush(out);
}

/* The element that tells a build server of f, or NULL: it is well. */
static const char *
element_of(const struct finding *f)
{
	switch (f->outcome) {
	case OUTCOME_BROKEN:
		return "failure";
	case OUTCOME_UNKNOWN:
		return "error";
	case OUTCOME_NOISE:
	case OUTCOME_SKIPPED:
		return "skipped";
	default:
		return NULL;
	}
}

static void
put_message(FILE *out, const struct finding *f)
{
	char text[2 * FINDING_TEXT], was[32], is[32];

	metric_print(was, f->metric, f->was);
	metric_print(is, f->metric, f->is);
	finding_why(text, f);
	if (f->outcome == OUTCOME_UNKNOWN || text[0] == '\0')
		print_verdict(text, f);
	if (f->outcome == OUTCOME_BROKEN && row_counts(f->new))
		snprintf(text, sizeof(text), isnan(f->was) ? "%s" :
		    "%s, was %s", is, was);
	html_text(out, text);
}

static void
put_case(FILE *out, const struct finding *f)
{
	const char *element = element_of(f);

	fputs("  <testcase classname=\"", out);
	html_text(out, f->table->title);
	fputs("\" name=\"", out);
	html_text(out, f->new->name);
	fputs(", ", out);
	html_text(out, f->threshold ? f->threshold->text : f->metric->name);
	fputs("\">", out);
	if (element != NULL) {
		fprintf(out, "<%s message=\"", element);
		put_message(out, f);
		fputs("\"/>", out);
	}
	fputs("</testcase>\n", out);
}

int
regress_junit(const struct findings *f, FILE *out)
{
	errno = 0;
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite "
	    "name=\"rpcall compare\" tests=\"%zu\" failures=\"%u\" "
	    "errors=\"%u\" skipped=\"%u\">\n", f->n, f->broken, f->unknown,
	    f->noise + f->skipped);
	for (size_t i = 0; i < f->n; i++)
		put_case(out, &f->list[i]);
	fputs("</testsuite>\n", out);
	return stream_flush(out);
}
