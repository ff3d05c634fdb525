/*
 * The buckets of the daemon's latency histograms, and what its counters make
 * of them. Run by main.c.
 */
#include "server/call.h"
#include "server/counters.h"
#include "latency.h"
#include "suites.h"

START_TEST(every_value_lies_between_the_ends_of_its_bucket)
{
	for (unsigned shift = 0; shift < 64; shift++)
		for (int off = -2; off <= 2; off++) {
			uint64_t v = (UINT64_C(1) << shift) + (uint64_t)off;
			unsigned i = latency_bucket(v);

			ck_assert_uint_lt(i, LATENCY_BUCKETS);
			ck_assert(v < latency_end(i) || i ==
			    LATENCY_BUCKETS - 1);
			ck_assert(i == 0 || v >= latency_end(i - 1));
		}
}
END_TEST

START_TEST(buckets_follow_one_another_without_a_gap)
{
	for (unsigned i = 0; i + 1 < LATENCY_BUCKETS; i++) {
		ck_assert_uint_eq(latency_bucket(latency_end(i) - 1), i);
		ck_assert_uint_eq(latency_bucket(latency_end(i)), i + 1);
	}
	ck_assert_uint_eq(latency_end(0), 128);
	ck_assert_uint_eq(latency_end(LATENCY_BUCKETS - 2), UINT64_C(1) << 36);
	ck_assert_uint_eq(latency_bucket(UINT64_MAX), LATENCY_BUCKETS - 1);
}
END_TEST

START_TEST(a_bucket_is_at_most_a_quarter_of_its_value_wide)
{
	for (unsigned i = 1; i + 1 < LATENCY_BUCKETS; i++)
		ck_assert_uint_le(4 * (latency_end(i) - latency_end(i - 1)),
		    latency_end(i - 1));
}
END_TEST

static uint64_t
sum(const struct counter *k)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
		n += k->timed[i];
	return n;
}

/* The first 1,024 are timed each, then one stands for 127. */
START_TEST(the_histogram_keeps_up_with_the_calls)
{
	static struct counter k;
	static struct call c;

	c.count.row = &k;
	for (unsigned calls = 1; calls < 5000; calls++) {
		unsigned behind = calls <= COUNTERS_TIMED ? 0 :
		    (calls - COUNTERS_TIMED) % COUNTERS_EVERY;

		counter_begin(&k, &c, 10);
		c.count.outcome = calls % 2 ? REPLY_SUCCESS : REPLY_GARBAGE_ARGS;
		c.count.reply_len = 7;
		counters_answer(&c);
		ck_assert_uint_eq(k.calls, calls);
		ck_assert_uint_eq(sum(&k), calls - behind);
	}
	ck_assert_uint_eq(k.bytes_in, 49990);
	ck_assert_uint_eq(k.bytes_out, 34993);
	ck_assert_uint_eq(k.outcomes[REPLY_GARBAGE_ARGS], 2499);
	ck_assert_uint_eq(k.outcomes[REPLY_SUCCESS], 0);
}
END_TEST

Suite *
latency_suite(void)
{
	Suite *s = suite_create("latency");
	TCase *t = tcase_create("latency");

	tcase_add_test(t, every_value_lies_between_the_ends_of_its_bucket);
	tcase_add_test(t, buckets_follow_one_another_without_a_gap);
	tcase_add_test(t, a_bucket_is_at_most_a_quarter_of_its_value_wide);
	tcase_add_test(t, the_histogram_keeps_up_with_the_calls);
	suite_add_tcase(s, t);
	return s;
}
