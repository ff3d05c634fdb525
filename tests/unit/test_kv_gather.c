/*
 * Whom KV's writer waits for before it begins a transaction, and how long. No
 * time passes. Run by main.c.
 */
#include "clock.h"
#include "server/kv_gather.h"
#include "suites.h"

enum { TOOK = 800 };		/* microseconds of a transaction */

static struct gather g;

static void
setup(void)
{
	g = (struct gather){ 0 };
}

static void
answered(size_t calls, size_t others)
{
	gather_answered(&g, calls, others, TOOK * NS_PER_US);
}

START_TEST(nobody_is_expected_at_first_and_one_caller_waits_for_none)
{
	ck_assert_uint_eq(gather_patience(&g, 1), 0);
	for (int i = 0; i < 10; i++) {
		answered(1, 0);
		ck_assert_uint_eq(gather_patience(&g, 1), 0);
	}
}
END_TEST

START_TEST(two_halves_become_a_whole)
{
	answered(25, 25);
	ck_assert_uint_eq(gather_patience(&g, 25), TOOK * NS_PER_US / 4);
	ck_assert_uint_eq(gather_enough(&g), 44);
	ck_assert_uint_eq(gather_patience(&g, 43), TOOK * NS_PER_US / 4);
	ck_assert_uint_eq(gather_patience(&g, 44), 0);
	answered(1, 1);
	ck_assert_uint_eq(gather_enough(&g), 2);
	ck_assert_uint_eq(gather_patience(&g, 1), TOOK * NS_PER_US / 4);
}
END_TEST

START_TEST(a_slow_disk_is_not_waited_for_longer_than_the_limit)
{
	gather_answered(&g, 50, 0, NS_PER_S);
	ck_assert_uint_eq(gather_patience(&g, 1), GATHER_MAX_US * NS_PER_US);
}
END_TEST

/* Transactions that begin without a wait, until one that waits. */
static unsigned
begun_at_once(void)
{
	unsigned n = 0;

	for (answered(50, 0); gather_patience(&g, 1) == 0; n++)
		answered(50, 0);
	return n;
}

START_TEST(waits_in_vain_become_rare_and_one_that_pays_brings_them_back)
{
	static const unsigned skips[] = { 0, 1, 3, 7, 15, 31, 31 };

	for (size_t i = 0; i < sizeof(skips) / sizeof(skips[0]); i++) {
		ck_assert_uint_eq(begun_at_once(), skips[i]);
		gather_waited(&g, 43);
	}
	begun_at_once();
	gather_waited(&g, 44);
	ck_assert_uint_eq(begun_at_once(), 0);
}
END_TEST

Suite *
kv_gather_suite(void)
{
	Suite *s = suite_create("kv_gather");
	TCase *t = tcase_create("kv_gather");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t,
	    nobody_is_expected_at_first_and_one_caller_waits_for_none);
	tcase_add_test(t, two_halves_become_a_whole);
	tcase_add_test(t, a_slow_disk_is_not_waited_for_longer_than_the_limit);
	tcase_add_test(t,
	    waits_in_vain_become_rare_and_one_that_pays_brings_them_back);
	suite_add_tcase(s, t);
	return s;
}
