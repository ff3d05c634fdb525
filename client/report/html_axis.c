/*
 * Scales and ticks of the charts (html_axis.h); html_bars.c and
 * html_lines.c draw with them.
 */
#include <math.h>

#include "report/html_axis.h"

void
axis_init(struct axis *a, bool log)
{
	a->low = INFINITY;
	a->high = -INFINITY;
	a->log = log;
}

void
axis_include(struct axis *a, double v)
{
	if (isnan(v) || (a->log && v <= 0))
		return;
	a->low = fmin(a->low, v);
	a->high = fmax(a->high, v);
}

bool
axis_settle(struct axis *a)
{
	if (a->low > a->high)
		return false;
	if (a->log) {
		double margin = fmax(pow(a->high / a->low, 0.04), 1.05);

		a->low /= margin;
		a->high *= margin;
		return true;
	}
	a->low = 0;
	if (a->high <= 0)
		a->high = 1;
	return true;
}

double
axis_at(const struct axis *a, double v)
{
	if (a->log)
		return 100 * log(v / a->low) / log(a->high / a->low);
	return 100 * (v - a->low) / (a->high - a->low);
}

/* These parts of every decade. */
static unsigned
decade_ticks(const struct axis *a, const double *steps, unsigned used,
    double t[AXIS_TICKS_MAX])
{
	double decade = pow(10, floor(log10(a->low)));
	unsigned i, n = 0;

	for (; decade <= a->high; decade *= 10)
		for (i = 0; i < used; i++) {
			double v = decade * steps[i];

			if (v >= a->low && v <= a->high && n < AXIS_TICKS_MAX)
				t[n++] = v;
		}
	return n;
}

/* Steps of 1, 2 or 5 times a power of ten, from the first one in sight. */
static unsigned
linear_ticks(const struct axis *a, unsigned wanted, double t[AXIS_TICKS_MAX])
{
	double rough = (a->high - a->low) / wanted;
	double unit = pow(10, floor(log10(rough)));
	double step = rough / unit > 5 ? 10 * unit : rough / unit > 2 ?
	    5 * unit : rough / unit > 1 ? 2 * unit : unit;
	double first = ceil(a->low / step);
	unsigned n = 0;

	while (n < AXIS_TICKS_MAX && (first + n) * step <= a->high) {
		t[n] = (first + n) * step;
		n++;
	}
	return n;
}

static unsigned
log_ticks(const struct axis *a, unsigned wanted, double t[AXIS_TICKS_MAX])
{
	static const double fine[] = { 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9 };
	static const double steps[] = { 1, 2, 5 };
	unsigned n = decade_ticks(a, steps, 3, t);

	if (n > wanted)
		return decade_ticks(a, steps, 1, t);
	if (n > 2)
		return n;
	/* Less than a decade. */
	n = decade_ticks(a, fine, sizeof(fine) / sizeof(fine[0]), t);
	return n > 2 && n <= wanted ? n : linear_ticks(a, wanted, t);
}

unsigned
axis_ticks(const struct axis *a, unsigned wanted, double t[AXIS_TICKS_MAX])
{
	return a->log ? log_ticks(a, wanted, t) : linear_ticks(a, wanted, t);
}
