/*
 * Panels of bars: see html_bars.h.
 */
#include "report/html_bars.h"

#include <math.h>

#include "report/figures.h"
#include "report/html_out.h"

enum { HEAD = 26, PITCH = 26, FOOT = 26 };	/* pixels */
enum { LOG_TICKS = 4, TICKS = 5 };	/* have room on a phone */
enum { NAME_COLUMNS = 14 };

static void
draw_ticks(const struct bars *b, unsigned height)
{
	double ticks[AXIS_TICKS_MAX];
	unsigned n = axis_ticks(&b->axis, b->axis.log ? LOG_TICKS : TICKS,
	    ticks);
	char text[32];

	for (unsigned i = 0; i < n; i++) {
		double x = axis_at(&b->axis, ticks[i]);

		b->print(text, ticks[i]);
		fprintf(b->out, "<line class=\"grid\" x1=\"%.2f%%\" "
		    "x2=\"%.2f%%\" y1=\"%d\" y2=\"%u\"/>"
		    "<text class=\"tick mid\" x=\"%.2f%%\" y=\"%u\">%s"
		    "</text>\n",
		    x, x, HEAD - 4, height - FOOT + 2, x, height - 7, text);
	}
}

static void
draw_heads(const struct bars *b)
{
	for (unsigned i = 0; i < 2; i++)
		fprintf(b->out, "<text class=\"tick end\" x=\"100%%\" "
		    "dx=\"%u\" y=\"14\">%s</text>\n", 58 * (i + 1),
		    b->heads[b->columns[i]]);
}

static void
draw_value(const struct bars *b, unsigned dx, unsigned y, double v)
{
	char text[FIGURE_TEXT] = "\u2013";

	if (!isnan(v))
		figure_short(text, v);
	fprintf(b->out, "<text class=\"num end\" x=\"100%%\" dx=\"%u\" "
	    "y=\"%u\">%s</text>", dx, y + 4, text);
}

/* "unix: p50 9.1 µs, p99 12 µs": what is known. */
static void
put_title(const struct bars *b, const struct facet_row *row,
    const double v[BARS_VALUES])
{
	const char *before = ":";
	char text[32];

	fputs("<title>", b->out);
	html_text(b->out, row->name);
	for (unsigned i = 0; i < BARS_VALUES; i++) {
		if (isnan(v[i]) || b->heads[i] == NULL)
			continue;
		b->print(text, v[i]);
		fprintf(b->out, "%s %s %s", before, b->heads[i], text);
		before = ",";
	}
	fputs("</title>", b->out);
}

static void
draw_row(const struct bars *b, const struct facet_row *row, unsigned y)
{
	double v[BARS_VALUES] = { NAN, NAN, NAN, NAN };

	fprintf(b->out, "<g class=\"row pt k%u\"><rect class=\"hit\" x=\"0\" "
	    "y=\"%u\" width=\"100%%\" height=\"%d\"/>", row->colour,
	    y - PITCH / 2, PITCH);
	if (row_counts(row->row)) {
		b->get(row, v);
		put_title(b, row, v);
		b->draw(b, row, v, y);
		for (unsigned i = 0; i < 2; i++)
			draw_value(b, 58 * (i + 1), y,
			    v[b->columns[i]] * b->scale);
	} else {
		fputs("<title>", b->out);
		html_text(b->out, row->name);
		fprintf(b->out, ": not measured</title><text class=\"tick\" "
		    "x=\"0\" dx=\"8\" y=\"%u\">%s</text>", y + 4,
		    row->row->is_void ? "void" : "not measured");
	}
	fprintf(b->out, "<text class=\"name end\" x=\"0\" dx=\"-12\" "
	    "y=\"%u\">", y + 4);
	html_text_short(b->out, row->name, NAME_COLUMNS);
	fputs("</text></g>\n", b->out);
}

static void
put_values(const struct bars *b, const struct facet_row *row)
{
	double v[BARS_VALUES] = { NAN, NAN, NAN, NAN };
	char text[32];

	if (row_counts(row->row))
		b->get(row, v);
	fputs("<tr><th scope=\"row\" class=\"lead\">", b->out);
	html_text(b->out, row->name);
	fputs("</th>", b->out);
	for (unsigned i = 0; i < BARS_VALUES && b->heads[i] != NULL; i++) {
		if (isnan(v[i])) {
			fputs("<td><span class=\"none\">\u2013</span></td>",
			    b->out);
			continue;
		}
		b->print(text, v[i]);
		fprintf(b->out, "<td><data value=\"%.9g\">%s</data></td>",
		    v[i], text);
	}
	fputs("</tr>\n", b->out);
}

static void
draw_values(const struct bars *b)
{
	if (b->canvas->alone)
		return;
	canvas_values_open(b->canvas, b->f->title);
	fputs("<thead><tr><th scope=\"col\" class=\"lead\"></th>", b->out);
	for (unsigned i = 0; i < BARS_VALUES && b->heads[i] != NULL; i++)
		fprintf(b->out, "<th scope=\"col\">%s</th>", b->heads[i]);
	fputs("</tr></thead>\n<tbody class=\"mechanism\">", b->out);
	for (unsigned i = 0; i < b->f->nrows; i++)
		put_values(b, &b->f->rows[i]);
	fputs("</tbody></table>", b->out);
	canvas_values_close(b->canvas);
}

void
bars_draw(struct bars *b)
{
	unsigned height = HEAD + b->f->nrows * PITCH + FOOT;
	char note[64] = "";

	b->out = b->canvas->out;
	if (b->f->left_out > 0)
		snprintf(note, sizeof(note), "%u more are in the tables.",
		    b->f->left_out);
	canvas_open(b->canvas, PLOT_BARS, b->what, b->f->title, note, height);
	draw_heads(b);
	draw_ticks(b, height);
	for (unsigned i = 0; i < b->f->nrows; i++)
		draw_row(b, &b->f->rows[i], HEAD + i * PITCH + PITCH / 2);
	canvas_close(b->canvas);
	draw_values(b);
}
