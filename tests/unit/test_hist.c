/*
 * The histogram against the plain method it replaces: keeping every value
 * and sorting. Run by main.c.
 */
#include <math.h>
#include <stdlib.h>

#include "measure/hist.h"
#include "measure/stats.h"
#include "suites.h"

enum { VALUES = 1000000 };

static int
compare_values(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

static struct hist *
new_hist(void)
{
	struct hist *h = malloc(sizeof(*h));

	ck_assert_ptr_nonnull(h);
	hist_init(h);
	return h;
}

/* From 1 ns to some seconds, every magnitude equally often. */
static uint64_t
next_value(uint64_t *state)
{
	return stats_random(state) >> (31 + stats_random(state) % 33);
}

START_TEST(a_percentile_is_within_a_thousandth_of_the_sorted_one)
{
	static const double list[] = {
		0.01, 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99, 99.999, 100
	};
	uint64_t *v = malloc(VALUES * sizeof(*v));
	struct hist *h = new_hist();
	uint64_t state = 1;
	size_t i;

	ck_assert_ptr_nonnull(v);
	for (i = 0; i < VALUES; i++)
		hist_record(h, v[i] = next_value(&state));
	qsort(v, VALUES, sizeof(*v), compare_values);
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		double rank = ceil(list[i] * VALUES / 100 - 1e-6);
		double exact = (double)v[(size_t)rank - 1];
		double got = (double)hist_percentile(h, list[i]);

		ck_assert_msg(fabs(got - exact) <= exact / 1000,
		    "p%g: %g, not %g", list[i], got, exact);
	}
	free(h);
	free(v);
}
END_TEST

START_TEST(a_small_value_is_kept_exactly)
{
	struct hist *h = new_hist();
	uint64_t i;

	for (i = 1; i <= 2000; i++)
		hist_record(h, i);
	ck_assert_uint_eq(hist_percentile(h, 50), 1000);
	ck_assert_uint_eq(hist_percentile(h, 99), 1980);
	ck_assert_uint_eq(hist_percentile(h, 100), 2000);
	free(h);
}
END_TEST

START_TEST(a_merged_histogram_equals_one_that_saw_everything)
{
	struct hist *all = new_hist(), *odd = new_hist(), *even = new_hist();
	uint64_t i, state = 2;

	for (i = 0; i < 100000; i++) {
		uint64_t v = next_value(&state);

		hist_record(all, v);
		hist_record(i % 2 ? odd : even, v);
	}
	hist_merge(odd, even);
	ck_assert_uint_eq(odd->count, all->count);
	ck_assert_uint_eq(odd->min, all->min);
	ck_assert_uint_eq(odd->max, all->max);
	ck_assert_mem_eq(odd->buckets, all->buckets, sizeof(all->buckets));
	ck_assert(fabs(odd->sum - all->sum) <= all->sum * 1e-9);
	free(all);
	free(odd);
	free(even);
}
END_TEST

START_TEST(merging_an_empty_histogram_changes_nothing)
{
	struct hist *h = new_hist(), *empty = new_hist();

	hist_record(h, 77);
	hist_merge(h, empty);
	ck_assert_uint_eq(h->count, 1);
	ck_assert_uint_eq(h->min, 77);
	ck_assert_uint_eq(h->max, 77);
	free(h);
	free(empty);
}
END_TEST

START_TEST(a_percentile_needs_ten_samples_beyond_it)
{
	struct hist *h = new_hist();
	unsigned i;

	ck_assert(!hist_supports(h, 50));
	for (i = 0; i < 9999; i++)
		hist_record(h, i);
	ck_assert(hist_supports(h, 99));
	ck_assert(!hist_supports(h, 99.9));
	hist_record(h, i);
	ck_assert(hist_supports(h, 99.9));
	ck_assert(!hist_supports(h, 99.99));
	ck_assert(!hist_supports(h, 100));
	free(h);
}
END_TEST

START_TEST(a_percentile_says_how_many_samples_it_needs)
{
	static const double list[] = { 50, 90, 99, 99.9, 99.99 };
	struct hist *h = new_hist();

	ck_assert_uint_eq(hist_needs(99), 1000);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		hist_init(h);
		hist_add(h, 1000, hist_needs(list[i]) - 1);
		ck_assert(!hist_supports(h, list[i]));
		hist_record(h, 1000);
		ck_assert(hist_supports(h, list[i]));
	}
	free(h);
}
END_TEST

START_TEST(a_value_beyond_the_range_counts_as_the_largest)
{
	struct hist *h = new_hist();

	hist_record(h, UINT64_MAX);
	hist_record(h, UINT64_C(1) << HIST_MAX_BITS);
	ck_assert_uint_eq(h->count, 2);
	ck_assert_uint_eq(h->max, (UINT64_C(1) << HIST_MAX_BITS) - 1);
	ck_assert_uint_eq(h->buckets[HIST_BUCKETS - 1], 2);
	free(h);
}
END_TEST

START_TEST(an_empty_histogram_has_no_percentile)
{
	struct hist *h = new_hist();

	ck_assert_uint_eq(hist_percentile(h, 50), 0);
	free(h);
}
END_TEST

START_TEST(the_value_of_a_bucket_falls_into_it)
{
	struct hist *h = new_hist();
	unsigned i;

	for (i = 0; i < HIST_BUCKETS; i++) {
		hist_record(h, hist_bucket_value(i));
		ck_assert_uint_eq(h->buckets[i], 1);
	}
	free(h);
}
END_TEST

Suite *
hist_suite(void)
{
	Suite *s = suite_create("hist");
	TCase *t = tcase_create("hist");

	tcase_set_timeout(t, 60);
	tcase_add_test(t,
	    a_percentile_is_within_a_thousandth_of_the_sorted_one);
	tcase_add_test(t, a_small_value_is_kept_exactly);
	tcase_add_test(t, a_merged_histogram_equals_one_that_saw_everything);
	tcase_add_test(t, merging_an_empty_histogram_changes_nothing);
	tcase_add_test(t, a_percentile_needs_ten_samples_beyond_it);
	tcase_add_test(t, a_percentile_says_how_many_samples_it_needs);
	tcase_add_test(t, a_value_beyond_the_range_counts_as_the_largest);
	tcase_add_test(t, an_empty_histogram_has_no_percentile);
	tcase_add_test(t, the_value_of_a_bucket_falls_into_it);
	suite_add_tcase(s, t);
	return s;
}
