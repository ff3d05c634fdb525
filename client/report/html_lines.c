/*
 * Draws a chart of lines (html_chart.h). The lines lie in an inner drawing
 * that is stretched to the plot; marks and lettering are placed by percent in
 * the outer one and so keep their shape. Names stand at the ends of their
 * lines, moved apart where they would overlap.
 */
#include <math.h>

#include "report/html_chart.h"
#include "report/html_out.h"

enum { TICKS = 7 };
enum { HEIGHT = 300, APART = 15 };	/* pixels of the plot, of two names */
enum { X_APART = 15 };			/* percent, of two ticks */
enum { NAME_COLUMNS = 13 };

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

/* A tick at every value; where they are too near, some have no number. */
static void
draw_x_ticks(FILE *out, const struct chart *c)
{
	double xs[CHART_POINTS_MAX], last = -X_APART;
	unsigned n = chart_xs(c, xs);
	char text[32];

	for (unsigned i = 0; i < n; i++) {
		double x = axis_at(&c->x, xs[i]);

		fprintf(out, "<line class=\"axis\" x1=\"%.2f%%\" x2=\"%.2f%%\""
		    " y1=\"%d\" y2=\"%d\"/>", x, x, HEIGHT, HEIGHT + 5);
		if (x - last < X_APART)
			continue;
		c->print_x(text, xs[i]);
		fprintf(out, "<text class=\"tick mid\" x=\"%.2f%%\" y=\"%d\">"
		    "%s</text>\n", x, HEIGHT + 20, text);
		last = x;
	}
	fprintf(out, "<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d\" "
	    "y2=\"%d\"/>\n<text class=\"tick mid\" x=\"50%%\" y=\"%d\">%s"
	    "</text>\n", HEIGHT, HEIGHT, HEIGHT + 38, c->x_title);
}

static void
draw_line(FILE *out, const struct chart *c, const struct chart_series *s,
    const char *class, unsigned from, unsigned to)
{
	fprintf(out, "<polyline class=\"%s\" points=\"", class);
	for (unsigned i = from; i < to; i++)
		fprintf(out, "%.3f,%.3f ", axis_at(&c->x, s->point[i].x),
		    percent_down(c, s->point[i].y));
	fputs("\"/>\n", out);
}

static void
draw_lines(FILE *out, const struct chart *c, const struct chart_series *s)
{
	unsigned firm = s->nfirm > 0 ? s->nfirm : s->npoints;

	fputs("<svg width=\"100%\" height=\"100%\" viewBox=\"0 0 100 100\" "
	    "preserveAspectRatio=\"none\">\n", out);
	draw_line(out, c, s, "line", 0, firm);
	if (firm < s->npoints)
		draw_line(out, c, s, "beyond", firm - 1, s->npoints);
	fputs("</svg>\n", out);
}

static void
draw_mark(FILE *out, const struct chart *c, const struct chart_series *s,
    const struct chart_point *p)
{
	char x[32], y[32];

	c->print_x(x, p->x);
	c->print_y(y, p->y);
	fprintf(out, "<svg class=\"pt%s\" x=\"%.2f%%\" y=\"%.2f%%\"><title>",
	    p->mark == MARK_HOLLOW || p->mark == MARK_END ? " hollow" : "",
	    axis_at(&c->x, p->x), percent_down(c, p->y));
	html_text(out, s->name);
	fprintf(out, ", %s: %s", p->mark == MARK_END ? c->end : x, y);
	if (p->mark == MARK_HOLLOW)
		fprintf(out, ", %s", c->hollow);
	fprintf(out, "</title><path class=\"dot\" d=\"%s\"/></svg>\n",
	    html_mark(s->colour));
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
draw_tag(FILE *out, const struct tag *tag)
{
	fprintf(out, "<svg x=\"100%%\" y=\"%.1f\"><path class=\"dot\" "
	    "transform=\"translate(18)\" d=\"%s\"/></svg><text class=\"name\""
	    " x=\"100%%\" dx=\"27\" y=\"%.1f\">", tag->y,
	    html_mark(tag->series->colour), tag->y + 4);
	html_text_short(out, tag->series->name, NAME_COLUMNS);
	fputs("</text>", out);
}

static void
draw_series(FILE *out, const struct chart *c, const struct tag *tag)
{
	const struct chart_series *s = tag->series;

	fprintf(out, "<g class=\"series k%u\">", s->colour);
	draw_lines(out, c, s);
	for (unsigned i = 0; i < s->npoints; i++)
		if (s->point[i].mark != MARK_NONE)
			draw_mark(out, c, s, &s->point[i]);
	draw_tag(out, tag);
	fputs("</g>\n", out);
}

void
chart_draw(struct canvas *s, struct chart *c)
{
	struct tag tags[CHART_SERIES_MAX];
	unsigned n;

	if (!chart_settle(c)) {
		canvas_none(s, c->title, "Too few points for a line.");
		return;
	}
	canvas_open(s, PLOT_LINES, "Lines", c->title, c->note, HEIGHT);
	draw_y_ticks(s->out, c);
	draw_x_ticks(s->out, c);
	n = sort_tags(c, tags);
	spread_tags(tags, n);
	for (unsigned i = 0; i < n; i++)
		draw_series(s->out, c, &tags[i]);
	canvas_close(s);
	chart_values(s, c);
}
