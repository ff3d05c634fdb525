/*
 * Adaptive polling: when it looks, and when it lets be. No test waits for a
 * time to be kept: being off the core only ends a wait earlier. Run by main.c.
 */
#include "polling.h"
#include "server/spin.h"
#include "server/worker.h"
#include "suites.h"

static struct polling p;

static void
setup(void)
{
	polling_init(&p, POLLING_AUTO_US * NS_PER_US);
}

static void
wait_in_vain(void)
{
	while (polling_again(&p))
		continue;
}

START_TEST(without_a_limit_nobody_polls)
{
	polling_init(&p, 0);
	ck_assert(!polling_begin(&p));
}
END_TEST

START_TEST(a_wait_in_vain_ends_and_makes_the_next_one_shorter_or_rests)
{
	ck_assert(polling_begin(&p));
	ck_assert(polling_again(&p));
	wait_in_vain();
	ck_assert(p.resume != 0 || p.budget_ns == p.limit_ns / 2);
}
END_TEST

START_TEST(waits_in_vain_come_to_a_rest)
{
	unsigned waits = 0;

	while (p.resume == 0 && waits < 10) {
		ck_assert(polling_begin(&p));
		wait_in_vain();
		waits++;
	}
	ck_assert(p.resume != 0);
	/* After the rest it is as at first. */
	ck_assert_uint_eq(p.budget_ns, p.limit_ns);
}
END_TEST

START_TEST(who_rests_does_not_poll)
{
	p.resume = clock_ns() + 3600 * NS_PER_S;
	ck_assert(!polling_begin(&p));
	p.resume = 1;
	ck_assert(polling_begin(&p));
	polling_rest(&p);
	ck_assert(p.resume > clock_ns());
}
END_TEST

START_TEST(rests_that_follow_one_another_soon_become_longer)
{
	ck_assert_uint_eq(polling_next_rest(0, 0), NS_PER_MS);
	ck_assert_uint_eq(polling_next_rest(NS_PER_MS, 10 * NS_PER_MS - 1),
	    2 * NS_PER_MS);
	ck_assert_uint_eq(polling_next_rest(64 * NS_PER_MS, 3 * NS_PER_MS),
	    100 * NS_PER_MS);
	ck_assert_uint_eq(polling_next_rest(100 * NS_PER_MS, 0),
	    100 * NS_PER_MS);
	ck_assert_uint_eq(polling_next_rest(100 * NS_PER_MS, NS_PER_S),
	    NS_PER_MS);
}
END_TEST

START_TEST(what_is_found_brings_the_whole_time_back)
{
	p.budget_ns = p.limit_ns / 8;
	ck_assert(polling_begin(&p));
	polling_found(&p);
	ck_assert_uint_eq(p.budget_ns, p.limit_ns);
}
END_TEST

START_TEST(half_a_millisecond_between_two_readings_is_away)
{
	ck_assert(!polling_was_away(1000, 1000 + 499999));
	ck_assert(polling_was_away(1000, 1000 + 500000));
}
END_TEST

/* A source that always has as many calls. */
struct endless {
	struct spin_source source;
	int calls;
	unsigned looks;
};

static int
serve_endless(struct spin_source *s)
{
	struct endless *e = container_of(s, struct endless, source);

	e->looks++;
	return e->calls;
}

static struct worker w;

/* The idle hook after a pass in which n of two sources were served. */
static bool
pass_with(struct endless *e, int n)
{
	for (int i = 0; i < n; i++)
		spin_served(&w.spin, &e[i].source);
	w.loop.now = clock_ns();
	return spin_poll(&w);
}

static void
start_worker(void)
{
	w = (struct worker){ 0 };
	spin_init(&w.spin, SPIN_MAX_US);
}

/* At most so many looks: a core that was taken away ends it sooner. */
static unsigned
looks_at(int calls)
{
	struct endless e = { { .look = serve_endless }, calls, 0 };

	start_worker();
	while (!pass_with(&e, 1))
		ck_assert_uint_eq(e.looks, 0);
	return e.looks;
}

START_TEST(a_source_that_never_ends_is_left_after_so_many_calls_not_looks)
{
	ck_assert_uint_le(looks_at(1), 256);
	ck_assert_uint_le(looks_at(100), 3);
	ck_assert_uint_eq(looks_at(256), 1);
	ck_assert_uint_eq(looks_at(100000), 1);
}
END_TEST

START_TEST(a_source_is_polled_after_some_passes_in_which_it_was_alone)
{
	struct endless e[2] = { { { .look = serve_endless }, 256, 0 },
		{ { .look = serve_endless }, 256, 0 } };

	start_worker();
	for (int i = 0; i < 8; i++)
		ck_assert(!pass_with(e, 1));
	ck_assert(pass_with(e, 1));
	ck_assert_uint_eq(e[0].looks, 1);
	/* Another one, and all begins anew. */
	for (int i = 0; i < 8; i++)
		ck_assert(!pass_with(e + 1, 1));
	ck_assert(pass_with(e + 1, 1));
	ck_assert_uint_eq(e[1].looks, 1);
	spin_forget(&w.spin, &e[1].source);
	ck_assert_ptr_null(w.spin.last);
}
END_TEST

START_TEST(of_several_sources_none_is_polled)
{
	struct endless e[2] = { { { .look = serve_endless }, 1, 0 },
		{ { .look = serve_endless }, 1, 0 } };

	start_worker();
	for (int i = 0; i < 20; i++) {
		ck_assert(!pass_with(e, 2));
		ck_assert(!pass_with(e + i % 2, 1));
	}
	ck_assert(!pass_with(e, 0));
	ck_assert_uint_eq(e[0].looks + e[1].looks, 0);
}
END_TEST

Suite *
polling_suite(void)
{
	Suite *s = suite_create("polling");
	TCase *t = tcase_create("polling");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, without_a_limit_nobody_polls);
	tcase_add_test(t,
	    a_wait_in_vain_ends_and_makes_the_next_one_shorter_or_rests);
	tcase_add_test(t, waits_in_vain_come_to_a_rest);
	tcase_add_test(t, who_rests_does_not_poll);
	tcase_add_test(t, rests_that_follow_one_another_soon_become_longer);
	tcase_add_test(t, what_is_found_brings_the_whole_time_back);
	tcase_add_test(t, half_a_millisecond_between_two_readings_is_away);
	tcase_add_test(t,
	    a_source_that_never_ends_is_left_after_so_many_calls_not_looks);
	tcase_add_test(t,
	    a_source_is_polled_after_some_passes_in_which_it_was_alone);
	tcase_add_test(t, of_several_sources_none_is_polled);
	suite_add_tcase(s, t);
	return s;
}
