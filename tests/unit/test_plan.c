/*
 * Plans: rows of tables, estimates, and how a budget is shared. No time passes
 * but what the clock itself takes. Run by main.c.
 */
#include <string.h>

#include "clock.h"
#include "measure/plan.h"
#include "suites.h"

static struct comparison c;

/* Two mechanisms, a floor and a polled one; NULL, ECHO, and many NULLs. */
static void
set_up(void)
{
	static const struct work_spec echo = { .workload = "echo" };

	memset(&c, 0, sizeof(c));
	c.rounds = 20;
	c.round_ns = 40 * NS_PER_MS;
	c.warmup_ns = 5 * NS_PER_MS;
	for (int i = 0; i < 3; i++)
		c.tables[c.ntables++] = (struct compare_table){ .spec = echo,
			.outstanding = 1, .connections = 1 };
	c.tables[2].outstanding = 64;
	comparison_add(&c, &subject_conn_ops, ROW_MECH, "unix");
	comparison_add(&c, &subject_conn_ops, ROW_MECH, "pipe");
	comparison_add(&c, &subject_floor_ops, ROW_FLOOR, "floor unix");
	comparison_add(&c, &subject_floor_ops, ROW_FLOOR, "floor unix polled")
	    ->polls = true;
}

START_TEST(each_table_has_the_rows_that_can_do_its_load)
{
	ck_assert_uint_eq(plan_rows(&c, 0), 4);
	ck_assert_uint_eq(plan_rows(&c, 1), 4);
	ck_assert_uint_eq(plan_rows(&c, 2), 2);
	ck_assert_uint_eq(plan_rows_in_all(&c), 10);
	c.tables[1].rate = 1000;
	ck_assert_uint_eq(plan_rows(&c, 1), 3);
}
END_TEST

START_TEST(an_estimate_has_warm_up_and_setting_up_in_it)
{
	c.subjects[1].setup_ns = 30 * NS_PER_MS;
	/* 3 x 40, 10 of a polled one; 4 x 5; 3 x 2 as usual, 30 as measured. */
	ck_assert_uint_eq(plan_round_ns(&c, 0), (130 + 20 + 36) * NS_PER_MS);
	ck_assert_uint_eq(plan_round_ns(&c, 2), (80 + 10 + 32) * NS_PER_MS);
	c.tables[2].connections = 10;
	ck_assert_uint_eq(plan_round_ns(&c, 2), (80 + 10 + 320) * NS_PER_MS);
	c.tables[2].connections = 1;
	ck_assert_uint_eq(plan_all_ns(&c),
	    20 * (2 * 186 + 122) * NS_PER_MS);
}
END_TEST

START_TEST(rounds_become_shorter_where_a_budget_asks_for_that_and_never_longer)
{
	c.end_ns = clock_ns() + 3600 * NS_PER_S;
	plan_fit(&c);
	ck_assert_uint_eq(c.round_ns, 40 * NS_PER_MS);
	/* 10 of 3 s: less 70 beside the calls 230 for 10 rows, at most. */
	c.end_ns = clock_ns() + 3 * NS_PER_S;
	plan_fit(&c);
	ck_assert_uint_le(c.round_ns, 23 * NS_PER_MS);
	ck_assert_uint_ge(c.round_ns, 2 * NS_PER_MS);
	c.end_ns = clock_ns();
	plan_fit(&c);
	ck_assert_uint_eq(c.round_ns, 2 * NS_PER_MS);
	ck_assert_uint_eq(plan_all_ns(&c), 0);
}
END_TEST

START_TEST(what_is_left_is_shared_among_the_tables_that_are)
{
	uint64_t now = clock_ns(), end = now + 1000 * NS_PER_S, first;

	ck_assert_uint_eq(plan_table_end(&c, 0), UINT64_MAX);
	c.end_ns = end;
	first = plan_table_end(&c, 0);
	/* 158 of 410 in a round of all, and the clock went on meanwhile. */
	ck_assert_uint_ge(first, now + 385 * NS_PER_S);
	ck_assert_uint_lt(first, now + 450 * NS_PER_S);
	ck_assert_uint_ge(plan_table_end(&c, 2), end - NS_PER_S);
	ck_assert_uint_le(plan_table_end(&c, 2), end + NS_PER_S);
}
END_TEST

Suite *
plan_suite(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plan");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, each_table_has_the_rows_that_can_do_its_load);
	tcase_add_test(t, an_estimate_has_warm_up_and_setting_up_in_it);
	tcase_add_test(t,
	    rounds_become_shorter_where_a_budget_asks_for_that_and_never_longer);
	tcase_add_test(t, what_is_left_is_shared_among_the_tables_that_are);
	suite_add_tcase(s, t);
	return s;
}
