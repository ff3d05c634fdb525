/*
 * Panels of horizontal bars, one row per mechanism: latency as a bar from
 * p50 to p99 with floor and stock marked, and CPU time per call with client
 * and server stacked. html.c calls both.
 *
 *	name |   o======      |  floor    p50   p99
 *	     +----------------+
 *	       10    100 µs
 *
 * Lengths along x are percentages, so a panel takes any width.
 */
#include <math.h>

#include "report/figures.h"
#include "report/html_axis.h"
#include "report/html_chart.h"
#include "report/html_out.h"

enum { HEAD = 26, PITCH = 26, FOOT = 26 };	/* pixels */
enum { TICKS = 4 };	/* have room side by side on a phone */

/* One panel while it is being drawn. */
struct panel {
	FILE *out;
	const struct result *r;
	const struct table *t;
	struct axis axis;
	void (*print_tick)(char buf[32], double v);
	unsigned row;		/* rows drawn so far */
};

static unsigned
count_mechs(const struct table *t)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < t->nrows; i++)
		n += t->rows[i].kind == ROW_MECH;
	return n;
}

static void
print_us(char buf[32], double v)
{
	snprintf(buf, 32, v > 0 ? "%.4g µs" : "0", v);
}

static void
draw_ticks(const struct panel *p, unsigned height)
{
	double ticks[AXIS_TICKS_MAX];
	unsigned i, n = axis_ticks(&p->axis, TICKS, ticks);
	char text[32];

	for (i = 0; i < n; i++) {
		double x = axis_at(&p->axis, ticks[i]);

		p->print_tick(text, ticks[i]);
		fprintf(p->out, "<line class=\"grid\" x1=\"%.2f%%\" "
		    "x2=\"%.2f%%\" y1=\"%d\" y2=\"%u\"/>"
		    "<text class=\"tick mid\" x=\"%.2f%%\" y=\"%u\">%s"
		    "</text>\n",
		    x, x, HEAD - 4, height - FOOT + 2, x, height - 7, text);
	}
}

static void
panel_open(struct panel *p, const char *what, const char *left,
    const char *right)
{
	unsigned height = HEAD + count_mechs(p->t) * PITCH + FOOT;

	fputs("<figure class=\"panel\"><figcaption><h3>", p->out);
	html_text(p->out, p->t->title);
	fputs("</h3></figcaption><div class=\"plot bars\"><svg role=\"img\" "
	    "width=\"100%\" aria-label=\"", p->out);
	html_text(p->out, what);
	fputs(": ", p->out);
	html_text(p->out, p->t->title);
	fprintf(p->out, "\" height=\"%u\">\n"
	    "<text class=\"tick end\" x=\"100%%\" dx=\"58\" y=\"14\">%s</text>"
	    "<text class=\"tick end\" x=\"100%%\" dx=\"116\" y=\"14\">%s"
	    "</text>",
	    height, left, right);
	draw_ticks(p, height);
}

static void
panel_close(struct panel *p)
{
	fputs("</svg></div></figure>\n", p->out);
}

/* The middle of the row being drawn. */
static unsigned
row_y(const struct panel *p)
{
	return HEAD + p->row * PITCH + PITCH / 2;
}

static void
put_value(const struct panel *p, unsigned dx, double v)
{
	char text[FIGURE_TEXT];

	if (isnan(v))
		snprintf(text, sizeof(text), "\u2013");
	else
		figure_short(text, v);
	fprintf(p->out, "<text class=\"num end\" x=\"100%%\" dx=\"%u\" "
	    "y=\"%u\">%s</text>", dx, row_y(p) + 4, text);
}

/* Opens the group of a row: colour, hover area and name. */
static void
row_open(const struct panel *p, const struct row *row)
{
	unsigned y = row_y(p);

	fprintf(p->out, "<g class=\"row k%u\"><rect class=\"hit\" x=\"0\" "
	    "y=\"%u\" width=\"100%%\" height=\"%d\"/>"
	    "<text class=\"name end\" x=\"0\" dx=\"-12\" y=\"%u\">",
	    html_colour(p->r, row->name), y - PITCH / 2, PITCH, y + 4);
	html_text(p->out, row->name);
	fputs("</text>", p->out);
	if (!row_counts(row))
		fprintf(p->out, "<text class=\"tick\" x=\"0\" dx=\"8\" "
		    "y=\"%u\">%s</text>", y + 4,
		    row->is_void ? "void" : "not measured");
}

static void
row_close(struct panel *p)
{
	fputs("</g>\n", p->out);
	p->row++;
}

static void
put_floor(const struct panel *p, double ns)
{
	double x = axis_at(&p->axis, ns);
	unsigned y = row_y(p);

	if (!isnan(ns))
		fprintf(p->out, "<line class=\"floor\" x1=\"%.2f%%\" "
		    "x2=\"%.2f%%\" y1=\"%u\" y2=\"%u\"/>", x, x, y - 8, y + 8);
}

static void
put_stock(const struct panel *p, double ns)
{
	if (!isnan(ns))
		fprintf(p->out, "<svg x=\"%.2f%%\" y=\"%u\"><path "
		    "class=\"stock\" d=\"M0-5 5 0 0 5-5 0Z\"/></svg>",
		    axis_at(&p->axis, ns), row_y(p));
}

static void
put_range(const struct panel *p, double p50, double p99)
{
	double x = axis_at(&p->axis, p50);
	unsigned y = row_y(p);

	if (!isnan(p99))
		fprintf(p->out, "<rect class=\"range\" x=\"%.2f%%\" "
		    "width=\"%.2f%%\" y=\"%u\" height=\"8\" rx=\"4\"/>", x,
		    axis_at(&p->axis, p99) - x, y - 4);
	if (!isnan(p50))
		fprintf(p->out, "<circle class=\"dot\" cx=\"%.2f%%\" "
		    "cy=\"%u\" r=\"5\"/>", x, y);
}

static void
put_latency_title(const struct panel *p, const struct row *row,
    const double ns[4])
{
	static const char *const names[4] = {
		"p50", ", p99", "; floor p50", ", stock p50"
	};
	char text[TIME_TEXT];
	unsigned i;

	fputs("<title>", p->out);
	html_text(p->out, row->name);
	fputs(": ", p->out);
	for (i = 0; i < 4; i++) {
		time_print(text, ns[i]);
		if (!isnan(ns[i]))
			fprintf(p->out, "%s %s", names[i], text);
	}
	fputs("</title>", p->out);
}

static double
other_p50(const struct table *t, const char *name)
{
	return row_percentile_ns(table_row(t, name), 50);
}

static void
draw_latency_row(struct panel *p, const struct row *row)
{
	const double ns[4] = {
		row_percentile_ns(row, 50), row_percentile_ns(row, 99),
		other_p50(p->t, row->floor_name),
		other_p50(p->t, row->stock_name),
	};

	row_open(p, row);
	if (row_counts(row)) {
		put_latency_title(p, row, ns);
		put_range(p, ns[0], ns[1]);
		put_floor(p, ns[2]);
		put_stock(p, ns[3]);
		put_value(p, 58, ns[0] / 1e3);
		put_value(p, 116, ns[1] / 1e3);
	}
	row_close(p);
}

static void
include_latencies(struct axis *a, const struct table *t)
{
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		axis_include(a, row_percentile_ns(&t->rows[i], 50));
		if (t->rows[i].kind == ROW_MECH)
			axis_include(a, row_percentile_ns(&t->rows[i], 99));
	}
}

static void
for_mechs(struct panel *p, void (*draw)(struct panel *, const struct row *))
{
	size_t i;

	for (i = 0; i < p->t->nrows; i++)
		if (p->t->rows[i].kind == ROW_MECH)
			draw(p, &p->t->rows[i]);
}

void
chart_latency_panels(FILE *out, const struct result *r)
{
	struct axis axis;
	size_t i;

	axis_init(&axis, true);
	for (i = 0; i < r->ntables; i++)
		include_latencies(&axis, &r->tables[i]);
	if (!axis_settle(&axis))
		return;
	for (i = 0; i < r->ntables; i++) {
		struct panel p = { out, r, &r->tables[i], axis, time_print, 0 };

		panel_open(&p, "Latency", "p50", "p99");
		for_mechs(&p, draw_latency_row);
		panel_close(&p);
	}
}

static void
put_segment(const struct panel *p, const char *class, double from, double us)
{
	double x = axis_at(&p->axis, from);

	if (us > 0)
		fprintf(p->out, "<rect class=\"%s\" x=\"%.2f%%\" "
		    "width=\"%.2f%%\" y=\"%u\" height=\"12\" rx=\"2\"/>",
		    class, x, axis_at(&p->axis, from + us) - x, row_y(p) - 6);
}

static void
draw_cpu_row(struct panel *p, const struct row *row)
{
	double client = cost_cpu_us(row, &row->client);
	double server = cost_cpu_us(row, &row->server);
	char a[FIGURE_TEXT], b[FIGURE_TEXT];

	row_open(p, row);
	if (row_counts(row)) {
		figure_short(a, client);
		figure_short(b, server);
		fputs("<title>", p->out);
		html_text(p->out, row->name);
		fprintf(p->out, ": client %s µs, server %s µs a call</title>",
		    a, b);
		put_segment(p, "client", 0, client);
		put_segment(p, "server", isnan(client) ? 0 : client, server);
		put_value(p, 58, client);
		put_value(p, 116, server);
	}
	row_close(p);
}

static void
include_cpu(struct axis *a, const struct table *t)
{
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		const struct row *row = &t->rows[i];
		double client = cost_cpu_us(row, &row->client);
		double server = cost_cpu_us(row, &row->server);

		if (row->kind == ROW_MECH)
			axis_include(a, isnan(client) ? server :
			    isnan(server) ? client : client + server);
	}
}

void
chart_cpu_panels(FILE *out, const struct result *r)
{
	size_t i;

	for (i = 0; i < r->ntables; i++) {
		struct panel p = { .out = out, .r = r, .t = &r->tables[i],
		    .print_tick = print_us };

		axis_init(&p.axis, false);
		include_cpu(&p.axis, p.t);
		if (!axis_settle(&p.axis))
			continue;
		panel_open(&p, "CPU time per call", "client", "server");
		for_mechs(&p, draw_cpu_row);
		panel_close(&p);
	}
}
