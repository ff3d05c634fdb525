/*
 * The table of values behind a line chart (html_chart.h): a row for each line,
 * a column for each tick, for those who do not see it or want the figures.
 */
#include <math.h>

#include "report/html_chart.h"
#include "report/html_out.h"

static void
put_heads(FILE *out, const struct chart *c, const double *xs, unsigned n)
{
	char text[32];

	fputs("<thead><tr><th scope=\"col\" class=\"lead\"></th>", out);
	for (unsigned i = 0; i < n; i++) {
		c->print_x(text, xs[i]);
		fprintf(out, "<th scope=\"col\">%s</th>", text);
	}
	if (c->end != NULL)
		fprintf(out, "<th scope=\"col\">%s</th>", c->end);
	fputs("</tr></thead>\n<tbody class=\"mechanism\">", out);
}

/* The point at x, or the end; NULL where the series has none. */
static const struct chart_point *
find(const struct chart_series *s, double x, bool end)
{
	for (unsigned i = 0; i < s->npoints; i++) {
		const struct chart_point *p = &s->point[i];

		if (end ? p->mark == MARK_END : p->x == x &&
		    p->mark != MARK_NONE && p->mark != MARK_END)
			return p;
	}
	return NULL;
}

static void
put_value(FILE *out, const struct chart *c, const struct chart_point *p)
{
	char text[32];

	if (p == NULL) {
		fputs("<td><span class=\"none\">\u2013</span></td>", out);
		return;
	}
	c->print_y(text, p->y);
	fprintf(out, "<td><data value=\"%.9g\">%s</data>%s</td>", p->y, text,
	    p->mark == MARK_HOLLOW ? "<small>*</small>" : "");
}

static bool
any_hollow(const struct chart *c)
{
	for (unsigned i = 0; i < c->nseries; i++)
		for (unsigned k = 0; k < c->series[i].npoints; k++)
			if (c->series[i].point[k].mark == MARK_HOLLOW)
				return true;
	return false;
}

void
chart_values(struct canvas *s, const struct chart *c)
{
	double xs[CHART_POINTS_MAX];
	unsigned n = chart_xs(c, xs);

	if (s->alone)
		return;
	canvas_values_open(s, c->title);
	put_heads(s->out, c, xs, n);
	for (unsigned i = 0; i < c->nseries; i++) {
		fputs("<tr><th scope=\"row\" class=\"lead\">", s->out);
		html_text(s->out, c->series[i].name);
		fputs("</th>", s->out);
		for (unsigned k = 0; k < n; k++)
			put_value(s->out, c, find(&c->series[i], xs[k], false));
		if (c->end != NULL)
			put_value(s->out, c, find(&c->series[i], 0, true));
		fputs("</tr>\n", s->out);
	}
	fputs("</tbody></table>", s->out);
	if (any_hollow(c))
		fprintf(s->out, "<p class=\"foot\">* %s</p>", c->hollow);
	canvas_values_close(s);
}
