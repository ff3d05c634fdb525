/*
 * The arithmetic of an open loop: when calls are due, what is counted of
 * them, and whose CPU time it was. No time passes. Run by main.c.
 */
#include <math.h>
#include <stdlib.h>

#include "clock.h"
#include "measure/paced.h"
#include "measure/schedule.h"
#include "measure/shares.h"
#include "suites.h"

START_TEST(rates_have_units_and_limits)
{
	static const struct {
		const char *text;
		uint64_t rate;		/* 0: none */
	} list[] = {
		{ "1", 1 }, { "20000", 20000 }, { "20k", 20000 },
		{ "1.5k", 1500 }, { "0.5M", 500000 }, { "10M", 10000000 },
		{ "1e3", 1000 }, { "10000001", 0 }, { "11M", 0 }, { "0", 0 },
		{ "0.4", 0 }, { "-1", 0 }, { "+1", 0 }, { " 1", 0 },
		{ "", 0 }, { "k", 0 }, { "20kk", 0 }, { "20 k", 0 },
		{ "inf", 0 }, { "nan", 0 }, { "0x10", 0 }, { "1e999", 0 },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		uint64_t rate = 0;
		int err = schedule_rate(list[i].text, &rate);

		ck_assert_msg((err == 0) == (list[i].rate > 0) &&
		    rate == list[i].rate, "%s", list[i].text);
	}
}
END_TEST

/* 7 does not divide a second, so an error would add up. */
START_TEST(an_even_schedule_does_not_drift)
{
	struct schedule s;
	uint64_t start = 12345;

	schedule_init(&s, 7, false, 1, start);
	ck_assert_uint_eq(s.due, start);
	for (int i = 0; i < 7 * 1000; i++) {
		uint64_t before = s.due;

		schedule_advance(&s);
		ck_assert_uint_le(s.due - before, NS_PER_S / 7 + 1);
		ck_assert_uint_ge(s.due - before, NS_PER_S / 7);
	}
	ck_assert_uint_eq(s.due, start + 1000 * NS_PER_S);
}
END_TEST

START_TEST(the_fastest_schedule_is_exact_for_a_year)
{
	struct schedule s;

	schedule_init(&s, SCHEDULE_RATE_MAX, false, 1, 0);
	s.index = 365 * 86400ULL * SCHEDULE_RATE_MAX - 1;
	schedule_advance(&s);
	ck_assert_uint_eq(s.due, 365 * 86400ULL * NS_PER_S);
}
END_TEST

/* Of an exponential distribution mean and deviation are the same. */
START_TEST(poisson_gaps_are_exponential_and_repeat_by_their_seed)
{
	enum { N = 100000 };
	struct schedule a, b, c;
	double sum = 0, squares = 0;
	bool differs = false;

	schedule_init(&a, 1000, true, 7, 0);
	schedule_init(&b, 1000, true, 7, 0);
	schedule_init(&c, 1000, true, 8, 0);
	ck_assert_uint_eq(a.due, 0);
	for (int i = 0; i < N; i++) {
		uint64_t before = a.due;
		double gap;

		schedule_advance(&a);
		schedule_advance(&b);
		schedule_advance(&c);
		ck_assert_uint_eq(a.due, b.due);
		differs |= a.due != c.due;
		gap = (double)(a.due - before) / NS_PER_MS;
		sum += gap;
		squares += gap * gap;
	}
	ck_assert(differs);
	ck_assert_double_eq_tol(sum / N, 1, .02);
	ck_assert_double_eq_tol(squares / N - sum / N * sum / N, 1, .05);
}
END_TEST

START_TEST(a_call_that_was_held_is_no_pacing_error)
{
	struct paced *p = malloc(sizeof(*p)), *sum = malloc(sizeof(*sum));

	ck_assert(p != NULL && sum != NULL);
	paced_init(p);
	paced_init(sum);
	paced_sent(p, 1000, 1500, false);	/* 0.5 us late */
	paced_sent(p, 1000, 101000, false);	/* 100 us late by itself */
	paced_sent(p, 1000, 101000, true);	/* late for another's sake */
	paced_sent(p, 1000, 1000, true);	/* held, but not late */
	for (int i = 0; i < 2; i++)
		paced_merge(sum, p);
	ck_assert_uint_eq(sum->scheduled, 8);
	ck_assert_uint_eq(sum->missed, 4);
	ck_assert_uint_eq(sum->held, 2);
	ck_assert_uint_eq(sum->pacing.count, 4);
	ck_assert_uint_eq(sum->pacing.max, 100000);
	free(p);
	free(sum);
}
END_TEST

START_TEST(the_machines_cpu_time_is_read_from_its_first_line)
{
	static const char *const bad[] = {
		"", "cpu", "cpu 1 2 3", "intr 1 2 3 4 5 6 7 8",
		"cpu a b c d e f g h",
	};
	struct shares_reading r = { 0 };

	ck_assert(shares_parse(&r, "cpu  100 20 300 4000 50 6 7 80 0 0\n"
	    "cpu0 1 1 1 1 1 1 1 1 1 1\n", 100));
	ck_assert_double_eq(r.busy_ns, 433e7);
	ck_assert_double_eq(r.steal_ns, 80e7);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert(!shares_parse(&r, bad[i], 100) && !r.known);
	ck_assert(!shares_parse(&r, "cpu 1 2 3 4 5 6 7 8", 0));
}
END_TEST

START_TEST(what_neither_end_used_is_the_others)
{
	struct shares s = { 0 };
	struct shares_reading a = { .known = true };
	struct shares_reading b = { .at = 1000, .busy_ns = 900,
		.steal_ns = 50, .known = true };
	const struct usage client = { .user_ns = 200, .system_ns = 100 };
	const struct usage server = { .user_ns = 150, .system_ns = 250 };

	shares_add(&s, &a, &b, &client, &server);
	ck_assert_double_eq(s.client_ns, 300);
	ck_assert_double_eq(s.server_ns, 400);
	ck_assert_double_eq(s.other_ns, 200);
	ck_assert_double_eq(s.steal_ns, 50);
	b.known = false;
	shares_add(&s, &a, &b, &client, NULL);
	ck_assert(!s.machine_known);
	ck_assert_double_eq(s.window_ns, 2000);
	ck_assert_double_eq(s.server_ns, 400);
}
END_TEST

Suite *
schedule_suite(void)
{
	Suite *s = suite_create("schedule");
	TCase *t = tcase_create("schedule");

	tcase_add_test(t, rates_have_units_and_limits);
	tcase_add_test(t, an_even_schedule_does_not_drift);
	tcase_add_test(t, the_fastest_schedule_is_exact_for_a_year);
	tcase_add_test(t, poisson_gaps_are_exponential_and_repeat_by_their_seed);
	tcase_add_test(t, a_call_that_was_held_is_no_pacing_error);
	tcase_add_test(t, the_machines_cpu_time_is_read_from_its_first_line);
	tcase_add_test(t, what_neither_end_used_is_the_others);
	suite_add_tcase(s, t);
	return s;
}
