/*
 * Panels of CPU time per call (html_bars.h): what the client and what the
 * server used, stacked; each panel has its own axis.
 */
#include <math.h>

#include "report/figures.h"
#include "report/html_bars.h"
#include "report/html_chart.h"

enum { CLIENT, SERVER, BOTH };

static void
print_us(char buf[32], double v)
{
	snprintf(buf, 32, v > 0 ? "%.4g \u00b5s" : "0", v);
}

static void
get(const struct facet_row *row, double v[BARS_VALUES])
{
	v[CLIENT] = cost_cpu_us(row->row, &row->row->client);
	v[SERVER] = cost_cpu_us(row->row, &row->row->server);
	v[BOTH] = v[CLIENT] + v[SERVER];
}

static void
draw_part(const struct bars *b, const char *class, double from, double us,
    unsigned middle)
{
	double x = axis_at(&b->axis, from);

	if (us > 0)
		fprintf(b->out, "<rect class=\"%s\" x=\"%.2f%%\" "
		    "width=\"%.2f%%\" y=\"%u\" height=\"12\" rx=\"2\"/>",
		    class, x, axis_at(&b->axis, from + us) - x, middle - 6);
}

static void
draw(const struct bars *b, const struct facet_row *row,
    const double v[BARS_VALUES], unsigned middle)
{
	(void)row;
	draw_part(b, "client", 0, v[CLIENT], middle);
	draw_part(b, "server", isnan(v[CLIENT]) ? 0 : v[CLIENT], v[SERVER],
	    middle);
}

static void
include(struct axis *a, const struct facet_row *row)
{
	double v[BARS_VALUES] = { NAN };

	get(row, v);
	for (unsigned i = 0; i <= BOTH; i++)
		axis_include(a, v[i]);
}

bool
charts_of_cpu(struct canvas *s, const struct result *r)
{
	struct facet f;
	struct bars b = { .canvas = s, .f = &f, .print = print_us,
	    .what = "CPU time of a call, a row each", .get = get, .draw = draw,
	    .heads = { "client", "server", "both" },
	    .columns = { CLIENT, SERVER }, .scale = 1 };
	bool any = false;

	canvas_about(s, "User and system time in \u00b5s: the client's, then "
	    "paler the server's.");
	for (size_t i = 0; i < facets_count(r); i++) {
		facet_fill(&f, r, i);
		axis_init(&b.axis, false);
		for (unsigned k = 0; k < f.nrows; k++)
			include(&b.axis, &f.rows[k]);
		if (!axis_settle(&b.axis))
			continue;
		bars_draw(&b);
		any = true;
	}
	return any;
}
