/*
 * Escaping and numbers of the HTML report (html_out.h). No string from a
 * result reaches the page but through html_text().
 */
#include <math.h>
#include <string.h>

#include "report/figures.h"
#include "report/html_out.h"
#include "report/utf8.h"

static const char *
entity(uint32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return cp < ' ' || cp == 0x7f || cp == UTF8_REPLACEMENT ?
		    "\u00b7" : NULL;
	}
}

void
html_text(FILE *out, const char *text)
{
	size_t bytes;
	uint32_t cp;

	for (; (bytes = utf8_next(text, &cp)) > 0; text += bytes) {
		const char *instead = entity(cp);

		if (instead)
			fputs(instead, out);
		else
			fwrite(text, 1, bytes, out);
	}
}

void
html_number(FILE *out, double v, int decimals)
{
	char buf[FIGURE_TEXT];
	size_t i, whole;

	if (isnan(v)) {
		fputs("<span class=\"none\">\u2013</span>", out);
		return;
	}
	figure_print(buf, v, decimals);
	whole = strcspn(buf, ".");
	fprintf(out, "<data value=\"%.9g\">", v);
	for (i = 0; buf[i]; i++) {
		/* From five digits on; four read well as they are. */
		if (i > 0 && i < whole && whole > 4 && (whole - i) % 3 == 0)
			fputs("\u202f", out);
		fputc(buf[i], out);
	}
	fputs("</data>", out);
}

void
html_ratio(FILE *out, const struct interval *x)
{
	char buf[FIGURE_TEXT], *low, *high;

	if (x->point <= 0) {
		html_number(out, NAN, 0);
		return;
	}
	ratio_print(buf, x);
	fprintf(out, "<data value=\"%.9g\">", x->point);
	low = strchr(buf, '(');
	if (!low) {
		fprintf(out, "%s</data>", buf);
		return;
	}
	low[-1] = '\0';
	high = strchr(++low, '-');
	*high++ = '\0';
	high[strcspn(high, ")")] = '\0';
	fprintf(out, "%s</data> <small>%s\u2013%s</small>", buf, low, high);
}

/* Place of name among the mechanism rows, each counted once. */
static unsigned
nth_row(const struct result *r, const char *name)
{
	const struct table *t = r->tables;
	unsigned n = 0;
	size_t i;

	for (i = 0; r->ntables > 0 && i < t->nrows; i++) {
		if (t->rows[i].kind != ROW_MECH)
			continue;
		if (strcmp(t->rows[i].name, name) == 0)
			break;
		n++;
	}
	return n;
}

unsigned
html_colour(const struct result *r, const char *name)
{
	unsigned i;

	for (i = 0; i < r->nmechs; i++)
		if (strcmp(r->mechs[i].name, name) == 0)
			return i % HTML_COLOURS;
	return (i + nth_row(r, name)) % HTML_COLOURS;
}

void
time_print(char buf[TIME_TEXT], double ns)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };
	unsigned u = 0;

	if (isnan(ns)) {
		snprintf(buf, TIME_TEXT, "-");
		return;
	}
	while (ns >= 999.5 && u < 3) {
		ns /= 1000;
		u++;
	}
	snprintf(buf, TIME_TEXT, "%.3g %s", ns, units[u]);
}
