/*
 * Draws a chart of lines (html_chart.h). The lines lie in an inner drawing
 * that is stretched to the plot; dots and lettering are placed by percent in
 * the outer one and so keep their shape. Names stand at the ends of their
 * lines, moved apart where they would overlap.
 */
#include <math.h>

#include "report/html_chart.h"
#include "report/html_out.h"

enum { TICKS = 7 };
enum { HEIGHT = 300, APART = 15 };	/* pixels of the plot, of two names */

/* The end of a line, where its name goes. */
struct tag {
	const struct chart_series *series;
	double y;		/* pixels from the top */
};

static double
percent_down(const struct chart *c, double v)
{
	return 100 - axis_at(&c->y, v);
}

static void
draw_y_ticks(FILE *out, const struct chart *c)
{
	double ticks[AXIS_TICKS_MAX];
	unsigned i, n = axis_ticks(&c->y, TICKS, ticks);
	char text[32];

	for (i = 0; i < n; i++) {
		double y = percent_down(c, ticks[i]);

		c->print_y(text, ticks[i]);
		fprintf(out, "<line class=\"grid\" x1=\"0\" x2=\"100%%\" "
		    "y1=\"%.2f%%\" y2=\"%.2f%%\"/><text class=\"tick end\" "
		    "x=\"0\" dx=\"-8\" y=\"%.2f%%\" dy=\"4\">%s</text>\n",
		    y, y, y, text);
	}
}

static void
draw_x_ticks(FILE *out, const struct chart *c)
{
	char text[32];
	unsigned i;

	for (i = 0; i < c->nxticks; i++) {
		double x = axis_at(&c->x, c->xtick[i]);

		c->print_x(text, c->xtick[i]);
		fprintf(out, "<line class=\"axis\" x1=\"%.2f%%\" x2=\"%.2f%%\""
		    " y1=\"%d\" y2=\"%d\"/><text class=\"tick mid\" "
		    "x=\"%.2f%%\" y=\"%d\">%s</text>\n", x, x, HEIGHT,
		    HEIGHT + 5, x, HEIGHT + 20, text);
	}
	fprintf(out, "<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d\" "
	    "y2=\"%d\"/>\n", HEIGHT, HEIGHT);
}

static void
draw_line(FILE *out, const struct chart *c, const struct chart_series *s)
{
	unsigned i;

	fprintf(out, "<polyline class=\"line k%u\" points=\"", s->colour);
	for (i = 0; i < s->npoints; i++)
		fprintf(out, "%.3f,%.3f ", axis_at(&c->x, s->point[i].x),
		    percent_down(c, s->point[i].y));
	fputs("\"/>\n", out);
}

static void
draw_lines(FILE *out, const struct chart *c)
{
	unsigned i;

	fputs("<svg width=\"100%\" height=\"100%\" viewBox=\"0 0 100 100\" "
	    "preserveAspectRatio=\"none\">\n", out);
	for (i = 0; i < c->nseries; i++)
		draw_line(out, c, &c->series[i]);
	fputs("</svg>\n", out);
}

static void
draw_dots(FILE *out, const struct chart *c, const struct chart_series *s)
{
	char x[32], y[32];
	unsigned i;

	fprintf(out, "<g class=\"k%u\">", s->colour);
	for (i = 0; i < s->npoints; i++) {
		const struct chart_point *p = &s->point[i];

		if (!p->mark)
			continue;
		c->print_x(x, p->x);
		c->print_y(y, p->y);
		fprintf(out, "<circle class=\"dot\" cx=\"%.2f%%\" "
		    "cy=\"%.2f%%\" r=\"4\"><title>", axis_at(&c->x, p->x),
		    percent_down(c, p->y));
		html_text(out, s->name);
		fprintf(out, ", %s: %s</title></circle>", x, y);
	}
	fputs("</g>\n", out);
}

static unsigned
sort_tags(const struct chart *c, struct tag *tags)
{
	unsigned i, k, n = 0;

	for (i = 0; i < c->nseries; i++) {
		const struct chart_series *s = &c->series[i];
		double y = percent_down(c, s->point[s->npoints - 1].y) *
		    HEIGHT / 100;

		for (k = n++; k > 0 && tags[k - 1].y > y; k--)
			tags[k] = tags[k - 1];
		tags[k] = (struct tag){ s, y };
	}
	return n;
}

/* Moves names down until none overlap, then up from the lower edge. */
static void
spread_tags(struct tag *tags, unsigned n)
{
	unsigned i;

	for (i = 1; i < n; i++)
		tags[i].y = fmax(tags[i].y, tags[i - 1].y + APART);
	if (n > 0)
		tags[n - 1].y = fmin(tags[n - 1].y, HEIGHT);
	for (i = n; i-- > 1;)
		tags[i - 1].y = fmin(tags[i - 1].y, tags[i].y - APART);
}

static void
draw_tags(FILE *out, const struct chart *c)
{
	struct tag tags[CHART_SERIES_MAX];
	unsigned i, n = sort_tags(c, tags);

	spread_tags(tags, n);
	for (i = 0; i < n; i++) {
		fprintf(out, "<g class=\"k%u\"><svg x=\"100%%\" y=\"%.1f\">"
		    "<path class=\"key\" d=\"M14 0h8\"/></svg><text "
		    "class=\"name\" x=\"100%%\" dx=\"27\" y=\"%.1f\">",
		    tags[i].series->colour, tags[i].y, tags[i].y + 4);
		html_text(out, tags[i].series->name);
		fputs("</text></g>\n", out);
	}
}

static bool
settle(struct chart *c)
{
	unsigned i, k, longest = 0;

	for (i = 0; i < c->nseries; i++) {
		const struct chart_series *s = &c->series[i];

		for (k = 0; k < s->npoints; k++) {
			axis_include(&c->x, s->point[k].x);
			axis_include(&c->y, s->point[k].y);
		}
		if (s->npoints > longest)
			longest = s->npoints;
	}
	return longest > 1 && axis_settle(&c->x) && axis_settle(&c->y);
}

static void
draw_plot(FILE *out, const struct chart *c)
{
	unsigned i;

	fprintf(out, "<div class=\"plot lines\"><svg role=\"img\" "
	    "width=\"100%%\" height=\"%d\" aria-label=\"", HEIGHT);
	html_text(out, c->title);
	fputs("\">\n", out);
	draw_y_ticks(out, c);
	draw_x_ticks(out, c);
	draw_lines(out, c);
	for (i = 0; i < c->nseries; i++)
		draw_dots(out, c, &c->series[i]);
	draw_tags(out, c);
	fputs("</svg></div>", out);
}

void
chart_draw(FILE *out, struct chart *c)
{
	fputs("<figure class=\"panel\"><figcaption><h3>", out);
	html_text(out, c->title);
	fputs("</h3>", out);
	if (c->note[0]) {
		fputs("<p>", out);
		html_text(out, c->note);
		fputs("</p>", out);
	}
	fputs("</figcaption>", out);
	if (settle(c))
		draw_plot(out, c);
	else
		fputs("<p class=\"none\">Too few points for a line.</p>", out);
	fputs("</figure>\n", out);
}
