/*
 * The series of a line chart while they are gathered (html_chart.h).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/html_chart.h"

void
chart_add(struct chart_series *s, double x, double y, enum chart_mark mark)
{
	unsigned i;

	if (isnan(x) || isnan(y) || x <= 0 || y <= 0 ||
	    s->npoints == CHART_POINTS_MAX)
		return;
	for (i = s->npoints++; i > 0 && s->point[i - 1].x > x; i--)
		s->point[i] = s->point[i - 1];
	s->point[i] = (struct chart_point){ x, y, mark };
}

struct chart_series *
chart_series(struct chart *c, const char *name, unsigned colour)
{
	struct chart_series *s;

	for (unsigned i = 0; i < c->nseries; i++)
		if (strcmp(c->series[i].name, name) == 0)
			return &c->series[i];
	if (c->nseries == CHART_SERIES_MAX) {
		c->left_out++;
		return NULL;
	}
	s = &c->series[c->nseries++];
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->colour = colour;
	return s;
}

/* A series without a point has no end to put its name at. */
static void
drop_empty(struct chart *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->nseries; i++) {
		if (c->series[i].npoints == 0)
			continue;
		if (i != n)
			c->series[n] = c->series[i];
		n++;
	}
	c->nseries = n;
}

bool
chart_settle(struct chart *c)
{
	unsigned longest = 0;

	drop_empty(c);
	axis_init(&c->x, true);
	axis_init(&c->y, true);
	for (unsigned i = 0; i < c->nseries; i++) {
		const struct chart_series *s = &c->series[i];

		for (unsigned k = 0; k < s->npoints; k++) {
			axis_include(&c->x, s->point[k].x);
			axis_include(&c->y, s->point[k].y);
		}
		if (s->npoints > longest)
			longest = s->npoints;
	}
	return longest > 1 && axis_settle(&c->x) && axis_settle(&c->y);
}

static unsigned
add_x(double xs[CHART_POINTS_MAX], unsigned n, double x)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (xs[i] == x)
			return n;
	if (n == CHART_POINTS_MAX)
		return n;
	for (i = n; i > 0 && xs[i - 1] > x; i--)
		xs[i] = xs[i - 1];
	xs[i] = x;
	return n + 1;
}

unsigned
chart_xs(const struct chart *c, double xs[CHART_POINTS_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->nseries; i++) {
		const struct chart_series *s = &c->series[i];

		for (unsigned k = 0; k < s->npoints; k++)
			if (s->point[k].mark == MARK_POINT ||
			    s->point[k].mark == MARK_HOLLOW)
				n = add_x(xs, n, s->point[k].x);
	}
	return n;
}
