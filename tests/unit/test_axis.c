/*
 * Axes of the charts: however narrow or wide what they show is, there are
 * ticks enough to read a value by, and none where nothing is drawn.
 */
#include "report/html_axis.h"
#include "suites.h"

enum { WANTED = 8 };

static unsigned
ticks_of(double low, double high, bool log)
{
	double t[AXIS_TICKS_MAX];
	struct axis a;
	unsigned n;

	axis_init(&a, log);
	axis_include(&a, low);
	axis_include(&a, high);
	ck_assert(axis_settle(&a));
	n = axis_ticks(&a, WANTED, t);
	ck_assert_uint_le(n, AXIS_TICKS_MAX);
	for (unsigned i = 0; i < n; i++) {
		ck_assert(t[i] >= a.low * .999999 && t[i] <= a.high * 1.000001);
		ck_assert(i == 0 || t[i] > t[i - 1]);
	}
	return n;
}

START_TEST(a_logarithmic_axis_has_three_ticks_however_narrow_it_is)
{
	for (double low = 1; low < 1e9; low *= 1.37)
		for (double x = 1; x < 1e6; x *= 1.09)
			ck_assert_msg(ticks_of(low, low * x, true) >= 3,
			    "%u ticks from %g to %g",
			    ticks_of(low, low * x, true), low, low * x);
}
END_TEST

START_TEST(a_linear_axis_starts_at_0_and_has_three_ticks)
{
	for (double high = 1e-3; high < 1e9; high *= 1.37)
		ck_assert_uint_ge(ticks_of(0, high, false), 3);
}
END_TEST

Suite *
axis_suite(void)
{
	Suite *s = suite_create("axis");
	TCase *t = tcase_create("axis");

	tcase_add_test(t,
	    a_logarithmic_axis_has_three_ticks_however_narrow_it_is);
	tcase_add_test(t, a_linear_axis_starts_at_0_and_has_three_ticks);
	suite_add_tcase(s, t);
	return s;
}
