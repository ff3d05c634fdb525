/*
 * Tables of text (sheet.h) on the HTML page. Called by html.c.
 */
#include <math.h>
#include <string.h>

#include "report/html_out.h"
#include "report/html_page.h"
#include "report/sheet.h"

/* A line end in a head is one on the page. */
static void
put_head(FILE *out, const char *text, bool lead)
{
	char lines[64], *rest = lines, *line;

	snprintf(lines, sizeof(lines), "%s", text);
	fprintf(out, "<th scope=\"col\"%s>", lead ? " class=\"lead\"" : "");
	while ((line = strsep(&rest, "\n")) != NULL) {
		html_text(out, line);
		if (rest != NULL)
			fputs("<br>", out);
	}
	fputs("</th>", out);
}

/* "127 ±38.6": the figure, by which a table sorts, and how wide it lies. */
static void
put_figure(FILE *out, const char *text)
{
	size_t n = strcspn(text, " ");
	char figure[64];

	if (strcmp(text, "-") == 0) {
		html_number(out, NAN, 0);
		return;
	}
	snprintf(figure, sizeof(figure), "%.*s", (int)n, text);
	fputs("<data value=\"", out);
	html_text(out, figure);
	fputs("\">", out);
	html_text(out, figure);
	fputs("</data>", out);
	if (text[n] == '\0')
		return;
	fputs(" <small>", out);
	html_text(out, text + n + 1);
	fputs("</small>", out);
}

static void
put_cells(FILE *out, const struct result *r, const struct sheet *s, size_t i)
{
	fputs("<tr><th scope=\"row\" class=\"lead\">", out);
	if (!s->words)
		fprintf(out, "<i class=\"k%u\"></i>",
		    html_colour(r, sheet_at(s, i, 0)));
	html_text(out, sheet_at(s, i, 0));
	fputs("</th>", out);
	for (unsigned k = 1; k < s->ncolumns; k++) {
		fputs("<td>", out);
		if (s->words)
			html_text(out, sheet_at(s, i, k));
		else
			put_figure(out, sheet_at(s, i, k));
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

struct page {
	FILE *out;
	const struct result *r;
};

static int
put_sheet(void *arg, const struct sheet *s)
{
	const struct page *p = arg;

	html_open_table(p->out, s->title, s->about, s->words ? "facts" :
	    "figures");
	fputs("<thead><tr>", p->out);
	for (unsigned k = 0; k < s->ncolumns; k++)
		put_head(p->out, sheet_at(s, 0, k), k == 0);
	fputs("</tr></thead>\n<tbody class=\"mechanism\">", p->out);
	for (size_t i = 1; i < sheet_rows(s); i++)
		put_cells(p->out, p->r, s, i);
	fputs("</tbody></table></div>\n", p->out);
	return 0;
}

int
html_sheets(FILE *out, const struct result *r)
{
	struct page p = { out, r };

	return sheets(r, put_sheet, &p);
}

int
html_sources(FILE *out, const struct result *r)
{
	struct page p = { out, r };

	return sources_sheet(r, put_sheet, &p);
}
