/*
 * Escaping and numbers of the HTML report (html_out.h). No string from a
 * result reaches the page but through html_text().
 */
#include <math.h>
#include <string.h>

#include "report/facet.h"
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
		/* The last two are no characters of XML, which an SVG is. */
		return cp < ' ' || cp == 0x7f || (cp >= UTF8_REPLACEMENT &&
		    cp <= 0xffff) ? "\u00b7" : NULL;
	}
}

/* Of text at most that many code points; returns what follows. */
static const char *
put_text(FILE *out, const char *text, size_t n)
{
	size_t bytes;
	uint32_t cp;

	for (; n > 0 && (bytes = utf8_next(text, &cp)) > 0; text += bytes) {
		const char *instead = entity(cp);

		n--;
		if (instead)
			fputs(instead, out);
		else
			fwrite(text, 1, bytes, out);
	}
	return text;
}

void
html_text(FILE *out, const char *text)
{
	put_text(out, text, SIZE_MAX);
}

void
html_text_short(FILE *out, const char *text, unsigned columns)
{
	bool whole = utf8_width(text, strlen(text)) <= columns;

	put_text(out, text, whole ? columns : columns - 1);
	if (!whole)
		fputs("\u2026", out);
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

unsigned
html_colour(const struct result *r, const char *name)
{
	return facet_place(r, name) % HTML_COLOURS;
}

const char *
html_mark(unsigned colour)
{
	static const char *const marks[HTML_COLOURS] = {
		"M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0Z",	/* disc */
		"M-4-4H4V4H-4Z",				/* square */
		"M0-5.5 5.5 0 0 5.5-5.5 0Z",			/* diamond */
		"M0-5 5 4H-5Z",					/* up */
		"M0 5-5-4H5Z",					/* down */
		"M-5.5-1.8H-1.8V-5.5H1.8V-1.8H5.5V1.8H1.8V5.5H-1.8V1.8H-5.5Z",
		"M-5 0 4-5V5Z",					/* left */
		"M5 0-4-5V5Z",					/* right */
	};

	return marks[colour % HTML_COLOURS];
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
