/*
 * The result as Markdown (GitHub's tables): for issues, reviews and READMEs.
 * The figures are those of the terminal's report.
 */
#include <errno.h>
#include <string.h>

#include "report/crossover.h"
#include "report/figures.h"
#include "report/remarks.h"
#include "report/report.h"
#include "report/sheet.h"
#include "report/sources.h"
#include "report/stream.h"
#include "report/utf8.h"
#include "report/verdict.h"

/* What would end a cell, begin markup or not be UTF-8 is escaped. */
static void
put_escaped(FILE *out, const char *s)
{
	size_t bytes;
	uint32_t cp;

	for (; (bytes = utf8_next(s, &cp)) > 0; s += bytes) {
		if (cp < ' ' || cp == 0x7f || cp == UTF8_REPLACEMENT)
			fputc(cp == '\n' ? ' ' : '?', out);
		else if (cp < 0x80 && strchr("\\`*_{}[]<>#|~&", (int)cp))
			fprintf(out, "\\%c", (int)cp);
		else
			fwrite(s, 1, bytes, out);
	}
}

static void
put_cell(FILE *out, const char *s)
{
	fputc(' ', out);
	put_escaped(out, s);
	fputs(" |", out);
}

static void
put_head(FILE *out)
{
	char head[64];

	fputs("| mechanism |", out);
	for (size_t i = 0; i < FIGURES; i++) {
		const struct figure *f = &figures[i];

		snprintf(head, sizeof(head), "%s%s%s", f->head,
		    f->unit[0] ? " " : "", f->unit);
		put_cell(out, head);
	}
	fputs(" \u00d7 floor | \u00d7 stock |\n|---|", out);
	for (size_t i = 0; i < FIGURES; i++)
		fputs("---:|", out);
	fputs("---|---|\n", out);
}

static void
put_row(FILE *out, const struct table *t, const struct row *row)
{
	char text[RESULT_NOTE_MAX + 32];

	fputc('|', out);
	put_cell(out, row->name);
	if (!row_counts(row)) {
		row_excuse(text, row);
		put_cell(out, text);
		fputc('\n', out);
		return;
	}
	for (size_t i = 0; i < FIGURES; i++) {
		figure_print(text, figure_get(&figures[i], row),
		    figure_decimals(&figures[i], t));
		put_cell(out, text);
	}
	ratio_print(text, &row->x_floor);
	put_cell(out, text);
	ratio_print(text, &row->x_stock);
	put_cell(out, text);
	fputc('\n', out);
}

static void
put_table(FILE *out, const struct table *t)
{
	const struct row *row;
	char store[STORE_TEXT];

	fputs("\n### ", out);
	put_escaped(out, t->title);
	fputs("\n\n", out);
	store_print(store, t);
	if (store[0] != '\0') {
		put_escaped(out, store);
		fputs("\n\n", out);
	}
	put_head(out);
	for (size_t i = 0; (row = table_shown(t, i)) != NULL; i++)
		put_row(out, t, row);
}

static int
put_sheet(void *arg, const struct sheet *s)
{
	FILE *out = arg;

	fputs("\n### ", out);
	put_escaped(out, s->title);
	fputs("\n\n", out);
	put_escaped(out, s->about);
	fputs("\n\n", out);
	for (size_t i = 0; i < sheet_rows(s); i++) {
		fputc('|', out);
		for (unsigned k = 0; k < s->ncolumns; k++)
			put_cell(out, sheet_at(s, i, k));
		for (unsigned k = 0; i == 0 && k < s->ncolumns; k++)
			fputs(k == 0 ? "\n|---|" : s->words ? "---|" : "---:|",
			    out);
		fputc('\n', out);
	}
	return 0;
}

static void
put_remark(void *arg, bool warning, const char *text)
{
	FILE *out = arg;

	fputs(warning ? "- **!** " : "- ", out);
	put_escaped(out, text);
	fputc('\n', out);
}

static void
put_env(FILE *out, const struct result *r)
{
	char text[ENV_FACT_TEXT];

	for (int i = 0; i < ENV_FACTS; i++) {
		if (!sources_agree(text, r, &env_facts[i]))
			continue;
		fprintf(out, "- %s: ", env_facts[i].name);
		put_escaped(out, text);
		fputc('\n', out);
	}
}

int
report_markdown(const struct result *r, FILE *out)
{
	struct crossover c[CROSSOVERS_MAX];
	struct verdict v[VERDICTS_MAX];
	size_t n = verdicts(r, v);

	errno = 0;
	fprintf(out, "## rpcall %s\n\n", r->env.verb);
	for (size_t i = 0; i < n; i++) {
		fputs("- ", out);
		put_escaped(out, v[i].text);
		fputs(i + 1 == n ? "\n\n" : "\n", out);
	}
	n = crossovers(r, c);
	for (size_t i = 0; i < n; i++) {
		fputs("- ", out);
		put_escaped(out, c[i].text);
		fputs(i + 1 == n ? "\n\n" : "\n", out);
	}
	put_env(out, r);
	if (sources_sheet(r, put_sheet, out) != 0)
		return -ENOMEM;
	for (size_t i = 0; i < r->ntables; i++)
		put_table(out, &r->tables[i]);
	if (sheets(r, put_sheet, out) != 0)
		return -ENOMEM;
	fputs("\n### Remarks\n\n", out);
	remarks(r, put_remark, out);
	return stream_flush(out);
}
