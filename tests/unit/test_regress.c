/*
 * What is said of a figure of two results: a difference that shows in the two
 * digits that are printed, or none. Run by main.c.
 */
#include "report/regress.h"
#include "suites.h"

/* Of a latency whose ratio is within low and high. */
static const char *
verdict(double low, double high)
{
	static const struct metric latency = { .unit = METRIC_NS };
	struct finding f = { .metric = &latency, .outcome = OUTCOME_INFO };

	f.x.low = low;
	f.x.point = (low + high) / 2;
	f.x.high = high;
	return finding_verdict(&f);
}

START_TEST(an_interval_that_is_shown_as_touching_1_is_no_difference)
{
	ck_assert_str_eq(verdict(1.004, 1.2), "no significant difference");
	ck_assert_str_eq(verdict(1.006, 1.2), "worse");
	ck_assert_str_eq(verdict(0.8, 0.996), "no significant difference");
	ck_assert_str_eq(verdict(0.8, 0.994), "better");
	ck_assert_str_eq(verdict(0.9, 1.1), "no significant difference");
}
END_TEST

Suite *
regress_suite(void)
{
	Suite *s = suite_create("regress");
	TCase *t = tcase_create("regress");

	tcase_add_test(t,
	    an_interval_that_is_shown_as_touching_1_is_no_difference);
	suite_add_tcase(s, t);
	return s;
}
