/*
 * Sweeps as they are written, and the search for a rate on subjects that are
 * simulated. No time passes. Run by main.c.
 */
#include <errno.h>
#include <string.h>

#include "measure/slo.h"
#include "measure/stats.h"
#include "suites.h"
#include "sweep.h"

/* Keeps its promise up to limit; near it by luck. */
struct subject {
	uint64_t limit, luck;	/* luck: how far around limit */
	uint64_t random;
	unsigned trials, fail_at;
	uint64_t least, most;	/* rates that were tried */
};

static int
try(void *arg, uint64_t rate, bool *holds)
{
	struct subject *s = arg;
	uint64_t limit = s->limit;

	if (++s->trials == s->fail_at)
		return -EINTR;
	if (s->luck > 0)
		limit += stats_random(&s->random) % (2 * s->luck) - s->luck;
	*holds = rate <= limit;
	s->least = s->trials == 1 || rate < s->least ? rate : s->least;
	s->most = rate > s->most ? rate : s->most;
	return 0;
}

START_TEST(the_edge_is_found_within_5_percent_wherever_it_is)
{
	for (uint64_t limit = 1000; limit < 1000000; limit += 7919) {
		struct subject s = { .limit = limit };
		struct slo_outcome o;

		ck_assert_int_eq(slo_search(1000, 1000000, try, &s, &o), 0);
		ck_assert_int_eq(o.end, SLO_FOUND);
		ck_assert_uint_le(o.holds, limit);
		ck_assert_uint_gt(o.breaks, limit);
		ck_assert_double_le((double)o.breaks / (double)o.holds, 1.05);
		ck_assert_uint_ge(o.held, 2);
		ck_assert_uint_eq(o.trials, s.trials);
		ck_assert_uint_le(o.trials, 22);
		ck_assert_uint_ge(s.least, 1000);
		ck_assert_uint_le(s.most, 1000000);
	}
}
END_TEST

START_TEST(where_even_the_lowest_breaks_that_is_said_after_a_second_look)
{
	struct subject s = { .limit = 999 };
	struct slo_outcome o;

	ck_assert_int_eq(slo_search(1000, 1000000, try, &s, &o), 0);
	ck_assert_int_eq(o.end, SLO_LOWEST_BREAKS);
	ck_assert_uint_eq(o.holds, 0);
	ck_assert_uint_eq(o.breaks, 1000);
	ck_assert_uint_eq(o.trials, 2);
	ck_assert_uint_eq(o.held, 0);
}
END_TEST

START_TEST(where_the_highest_holds_there_is_no_edge)
{
	static const uint64_t lows[] = { 1, 1000, 999999, 1000000 };

	for (size_t i = 0; i < 4; i++) {
		struct subject s = { .limit = 1000000 };
		struct slo_outcome o;

		ck_assert_int_eq(slo_search(lows[i], 1000000, try, &s, &o), 0);
		ck_assert_int_eq(o.end, SLO_HIGHEST_HOLDS);
		ck_assert_uint_eq(o.holds, 1000000);
		ck_assert_uint_eq(o.breaks, 0);
		ck_assert_uint_eq(s.most, 1000000);
		ck_assert_uint_ge(o.held, 2);
	}
}
END_TEST

/* What is found held in two of three trials, so luck cannot carry it far. */
START_TEST(a_subject_that_is_lucky_near_its_edge_is_tried_again)
{
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct subject s = { .limit = 50000, .luck = 10000,
			.random = seed };
		struct slo_outcome o;

		ck_assert_int_eq(slo_search(1000, 1000000, try, &s, &o), 0);
		ck_assert_int_eq(o.end, SLO_FOUND);
		ck_assert_uint_ge(o.holds, 38000);
		ck_assert_uint_le(o.holds, 60000);
		ck_assert_uint_gt(o.breaks, o.holds);
		ck_assert_uint_ge(o.held, 2);
		ck_assert_uint_le(o.trials, SLO_TRIALS_MAX);
	}
}
END_TEST

/* Holds once at each rate, then never again. */
static int
try_fickle(void *arg, uint64_t rate, bool *holds)
{
	uint64_t *last = arg;

	*holds = rate == 1 || rate != *last;
	*last = rate;
	return 0;
}

START_TEST(trials_run_out_or_the_search_ends_at_the_lowest)
{
	struct slo_outcome o;
	uint64_t last = 0;

	ck_assert_int_eq(slo_search(1, 10000000, try_fickle, &last, &o), 0);
	ck_assert_int_eq(o.end, SLO_UNSETTLED);
	ck_assert_uint_eq(o.trials, SLO_TRIALS_MAX);
	last = 0;
	ck_assert_int_eq(slo_search(1, 8, try_fickle, &last, &o), 0);
	ck_assert_int_eq(o.end, SLO_FOUND);
	ck_assert_uint_eq(o.holds, 1);
	ck_assert_uint_eq(o.held, 2);
	ck_assert_uint_eq(o.breaks, 2);
}
END_TEST

START_TEST(a_trial_that_fails_ends_the_search)
{
	for (unsigned at = 1; at < 12; at++) {
		struct subject s = { .limit = 50000, .fail_at = at };
		struct slo_outcome o;

		ck_assert_int_eq(slo_search(1000, 1000000, try, &s, &o),
		    -EINTR);
		ck_assert_uint_eq(s.trials, at);
	}
}
END_TEST

static void
assert_points(const char *text, enum sweep_of of, const uint64_t *wanted,
    size_t n)
{
	struct sweep sweeps[SWEEP_KINDS] = { 0 };
	struct failure f = { 0 };

	ck_assert_msg(sweep_parse(sweeps, text, &f) == 0, "%s: %s", text,
	    f.text);
	ck_assert_uint_eq(sweeps[of].n, n);
	ck_assert_mem_eq(sweeps[of].values, wanted, n * sizeof(*wanted));
}

#define POINTS(text, of, ...) do { \
	const uint64_t wanted_[] = { __VA_ARGS__ }; \
	assert_points(text, of, wanted_, sizeof(wanted_) / 8); \
} while (0)

START_TEST(sweeps_multiply_add_or_list)
{
	POINTS("rate=1k:10k:*2", SWEEP_RATE, 1000, 2000, 4000, 8000);
	POINTS("rate=1k:2k:*1.5", SWEEP_RATE, 1000, 1500);
	POINTS("rate=1k:3k:+1k", SWEEP_RATE, 1000, 2000, 3000);
	POINTS("rate=20k", SWEEP_RATE, 20000);
	POINTS("n=1:64:*4", SWEEP_OUTSTANDING, 1, 4, 16, 64);
	POINTS("n=1:4:*1.01", SWEEP_OUTSTANDING, 1, 2, 3, 4);
	POINTS("n=5:5:+1", SWEEP_OUTSTANDING, 5);
	POINTS("connections=1,4,2", SWEEP_CONNECTIONS, 1, 4, 2);
	POINTS("size=64,1K,64K", SWEEP_SIZE, 64, 1024, 65536);
	POINTS("size=0:2K:+1K", SWEEP_SIZE, 0, 1024, 2048);
	POINTS("n=18446744073709551614:18446744073709551614:*2",
	    SWEEP_OUTSTANDING, UINT64_MAX - 1);
}
END_TEST

START_TEST(sweeps_that_are_none_or_have_too_many_points_are_refused)
{
	static const char *const bad[] = {
		"", "rate", "rate=", "speed=1:2:*2", "=1", "rates=1", "rate=1:2",
		"rate=1:2:", "rate=1:2:2", "rate=1:2:*", "rate=1:2:*1",
		"rate=1:2:*0.5", "rate=1:2:*inf", "rate=1:2:*nan",
		"rate=1:2:+0", "rate=1:2:+x", "rate=1:2:-1", "rate=2:1:+1",
		"rate=1k:2k:+1k:3", "rate=1,,2", "rate=0:9:+1", "n=1:65:+1",
		"n=x", "n=-1", "size=1:2:*2x", "connections=1k",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sweep sweeps[SWEEP_KINDS] = { 0 };
		struct failure f = { 0 };

		ck_assert_msg(sweep_parse(sweeps, bad[i], &f) == -EXIT_USAGE,
		    "%s", bad[i]);
	}
}
END_TEST

START_TEST(the_largest_sweep_fits_and_is_given_once)
{
	struct sweep sweeps[SWEEP_KINDS] = { 0 };
	struct failure f = { 0 };

	ck_assert_int_eq(sweep_parse(sweeps, "n=1:64:+1", &f), 0);
	ck_assert_uint_eq(sweeps[SWEEP_OUTSTANDING].n, SWEEP_POINTS_MAX);
	ck_assert_int_eq(sweep_parse(sweeps, "n=1", &f), -EXIT_USAGE);
	ck_assert_int_eq(sweep_parse(sweeps, "rate=1", &f), 0);
}
END_TEST

Suite *
slo_suite(void)
{
	Suite *s = suite_create("slo");
	TCase *t = tcase_create("slo");

	tcase_add_test(t, the_edge_is_found_within_5_percent_wherever_it_is);
	tcase_add_test(t,
	    where_even_the_lowest_breaks_that_is_said_after_a_second_look);
	tcase_add_test(t, where_the_highest_holds_there_is_no_edge);
	tcase_add_test(t, a_subject_that_is_lucky_near_its_edge_is_tried_again);
	tcase_add_test(t, trials_run_out_or_the_search_ends_at_the_lowest);
	tcase_add_test(t, a_trial_that_fails_ends_the_search);
	tcase_add_test(t, sweeps_multiply_add_or_list);
	tcase_add_test(t,
	    sweeps_that_are_none_or_have_too_many_points_are_refused);
	tcase_add_test(t, the_largest_sweep_fits_and_is_given_once);
	suite_add_tcase(s, t);
	return s;
}
