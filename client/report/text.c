/*
 * The report for the terminal: what each mechanism is, a table per
 * workload, remarks, and which mechanism to take for what. verb_compare
 * calls report_text(); the layout is grid.c's.
 */
#include <errno.h>

#include "report/crossover.h"
#include "report/figures.h"
#include "report/grid.h"
#include "report/honesty.h"
#include "report/remarks.h"
#include "report/report.h"
#include "report/sheet.h"
#include "report/sources.h"
#include "report/stream.h"
#include "report/text_table.h"
#include "report/verdict.h"

enum { WIDTH = 100 };

struct text {
	FILE *out;
	bool color;
};

static void
put_heading(const struct text *x, const char *heading)
{
	fputs(x->color ? "\n\033[1;36m" : "\n", x->out);
	grid_line(x->out, heading);
	if (x->color)
		fputs("\033[0m", x->out);
}

static int
put_env(const struct text *x, const struct result *r)
{
	char text[ENV_FACT_TEXT];
	struct grid g;
	int ret;

	grid_init(&g, 2, 2);
	for (int i = 0; i < ENV_FACTS; i++) {
		if (!sources_agree(text, r, &env_facts[i]))
			continue;
		grid_row(&g, GRID_PLAIN);
		grid_cell(&g, env_facts[i].name);
		grid_cell(&g, text);
	}
	ret = grid_print(&g, x->out, WIDTH, x->color);
	grid_release(&g);
	return ret;
}

static void
put_mech(struct grid *g, const struct mech_facts *m)
{
	const char *const cells[] = {
		m->name, m->direction, m->endpoint, m->reach, m->outlives,
		m->boundaries, m->atomic_write, m->kernel_buffer,
		m->peer_known,
	};
	size_t i;

	grid_row(g, GRID_PLAIN);
	for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		grid_cell(g, cells[i][0] ? cells[i] : "-");
}

static int
put_mechs(const struct text *x, const struct result *r)
{
	static const char *const heads[] = {
		"mechanism", "direction", "endpoint", "reach",
		"outlives\nits process", "message\nboundaries",
		"atomic\nwrite", "kernel\nbuffer", "peer\nknown by",
	};
	struct grid g;
	size_t i;
	int ret;

	if (r->nmechs == 0)
		return 0;
	put_heading(x, "What each mechanism is");
	grid_init(&g, sizeof(heads) / sizeof(heads[0]), GRID_COLUMNS_MAX);
	grid_row(&g, GRID_HEAD);
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		grid_cell(&g, heads[i]);
	for (i = 0; i < r->nmechs; i++)
		put_mech(&g, &r->mechs[i]);
	ret = grid_print(&g, x->out, WIDTH, x->color);
	grid_release(&g);
	return ret;
}

static int
put_table(const struct text *x, const struct table *t)
{
	char store[STORE_TEXT];

	put_heading(x, t->title);
	store_print(store, t);
	if (store[0] != '\0')
		grid_paragraph(x->out, store, 0, WIDTH);
	return text_table(t, x->out, WIDTH, x->color);
}

static int
put_sheet(void *arg, const struct sheet *s)
{
	const struct text *x = arg;
	struct grid g;
	int ret;

	put_heading(x, s->title);
	grid_init(&g, s->ncolumns, s->words ? s->ncolumns : 1);
	for (size_t i = 0; i < sheet_rows(s); i++) {
		grid_row(&g, i == 0 ? GRID_HEAD : GRID_PLAIN);
		for (unsigned k = 0; k < s->ncolumns; k++)
			grid_cell(&g, sheet_at(s, i, k));
	}
	ret = grid_print(&g, x->out, WIDTH, x->color);
	grid_release(&g);
	if (s->about[0] != '\0')
		grid_paragraph(x->out, s->about, 0, WIDTH);
	return ret;
}

struct honest {
	struct grid *g;
	const struct result *r;
};

static void
put_honesty_line(void *arg, const char *label, const struct table *t,
    const struct row *row)
{
	const struct honest *h = arg;
	struct grid *g = h->g;
	char text[FIGURE_TEXT];

	grid_row(g, GRID_PLAIN);
	grid_cell(g, label);
	for (size_t i = 0; i < HONESTY_COLUMNS; i++) {
		if (!honesty_applies(&honesty[i], h->r))
			continue;
		figure_print(text, honesty_get(&honesty[i], t, row) *
		    honesty[i].scale, honesty[i].decimals);
		grid_cell(g, text);
	}
}

static int
put_honesty(const struct text *x, const struct result *r)
{
	char text[REMARK_MAX];
	struct grid g;
	struct honest h = { &g, r };
	unsigned columns = 1;
	int ret;

	for (size_t i = 0; i < HONESTY_COLUMNS; i++)
		columns += honesty_applies(&honesty[i], r);
	grid_init(&g, columns, 1);
	grid_row(&g, GRID_HEAD);
	grid_cell(&g, "load");
	for (size_t i = 0; i < HONESTY_COLUMNS; i++) {
		if (!honesty_applies(&honesty[i], r))
			continue;
		snprintf(text, sizeof(text), "%s\n%s", honesty[i].group,
		    honesty[i].head);
		grid_cell(&g, text);
	}
	honesty_lines(r, put_honesty_line, &h);
	ret = grid_print(&g, x->out, WIDTH, x->color);
	grid_release(&g);
	honesty_print(text, sizeof(text), r);
	grid_paragraph(x->out, text, 0, WIDTH);
	return ret;
}

static void
put_remark(void *arg, bool warning, const char *text)
{
	const struct text *x = arg;

	if (x->color && warning)
		fputs("\033[33m", x->out);
	fputs(warning ? "! " : "  ", x->out);
	/* The first line stands behind its mark, the others below it. */
	grid_paragraph(x->out, text, 2, WIDTH);
	if (x->color && warning)
		fputs("\033[0m", x->out);
}

static void
put_verdicts(const struct text *x, const struct result *r)
{
	struct crossover c[CROSSOVERS_MAX];
	struct verdict v[VERDICTS_MAX];
	size_t i, n = verdicts(r, v);

	if (n == 0)
		return;
	put_heading(x, "Which mechanism for what");
	for (i = 0; i < n; i++)
		grid_paragraph(x->out, v[i].text, 0, WIDTH);
	n = crossovers(r, c);
	for (i = 0; i < n; i++)
		grid_paragraph(x->out, c[i].text, 0, WIDTH);
}

int
report_text(const struct result *r, FILE *out, bool color)
{
	struct text x = { out, color };
	size_t i;
	int ret;

	errno = 0;
	ret = put_env(&x, r);
	if (ret == 0)
		ret = sources_sheet(r, put_sheet, &x);
	if (ret == 0)
		ret = put_mechs(&x, r);
	for (i = 0; ret == 0 && i < r->ntables; i++)
		ret = put_table(&x, &r->tables[i]);
	if (ret == 0)
		ret = sheets(r, put_sheet, &x);
	if (ret < 0)
		return ret;
	put_heading(&x, "Honesty");
	ret = put_honesty(&x, r);
	if (ret < 0)
		return ret;
	put_heading(&x, "Remarks");
	remarks(r, put_remark, &x);
	put_verdicts(&x, r);
	return stream_flush(out);
}
