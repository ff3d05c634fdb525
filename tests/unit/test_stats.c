/*
 * Medians, the bootstrap, and the ratios that result_finish() computes with
 * them. Noise comes from seeded generators, so a run repeats exactly. Run by
 * main.c.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "measure/result.h"
#include "measure/stats.h"
#include "report/figures.h"
#include "sample.h"
#include "suites.h"

enum { ROUNDS = 21, TRIALS = 200 };

/* About normal: the sum of twelve uniform numbers, less its mean. */
static double
noise(uint64_t *state)
{
	double sum = -6;
	int i;

	for (i = 0; i < 12; i++)
		sum += (double)(stats_random(state) >> 11) / 0x1p53;
	return sum;
}

/* Rounds of two rows, ratio apart, that share the state of the machine. */
static void
make_rounds(double *a, double *b, double ratio, uint64_t *state)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		double machine = exp(.2 * noise(state));

		a[i] = 1000 * ratio * machine * exp(.02 * noise(state));
		b[i] = 1000 * machine * exp(.02 * noise(state));
	}
}

START_TEST(the_median_is_the_middle_or_between_the_middle_two)
{
	double odd[] = { 9, 1, 5 }, even[] = { 8, 2, 4, 6 };

	ck_assert_double_eq(stats_median(odd, 3), 5);
	ck_assert_double_eq(stats_median(even, 4), 5);
	ck_assert_double_eq(stats_median(odd, 0), 0);
}
END_TEST

START_TEST(the_interval_covers_the_true_ratio)
{
	double a[ROUNDS], b[ROUNDS], low, high;
	uint64_t state = 3;
	int i, covered = 0;

	for (i = 0; i < TRIALS; i++) {
		make_rounds(a, b, 1.3, &state);
		ck_assert_int_eq(stats_ratio_interval(a, b, ROUNDS,
		    (uint64_t)i, &low, &high), 0);
		ck_assert(low <= high);
		covered += low <= 1.3 && 1.3 <= high;
	}
	ck_assert_msg(covered >= TRIALS * 90 / 100, "only %d of %d", covered,
	    TRIALS);
}
END_TEST

START_TEST(pairing_removes_the_noise_that_rounds_share)
{
	double a[ROUNDS], b[ROUNDS], low, high;
	uint64_t state = 4;

	make_rounds(a, b, 1.3, &state);
	ck_assert_int_eq(stats_ratio_interval(a, b, ROUNDS, 1, &low, &high),
	    0);
	/* The machine varies by 20 % from round to round, the ratio by 3. */
	ck_assert_msg(high - low < .2, "%g to %g", low, high);
}
END_TEST

START_TEST(equal_samples_give_an_interval_that_contains_1)
{
	double a[ROUNDS], b[ROUNDS], low, high;
	uint64_t state = 5;

	make_rounds(a, b, 1, &state);
	ck_assert_int_eq(stats_ratio_interval(a, a, ROUNDS, 1, &low, &high),
	    0);
	ck_assert_double_eq(low, 1);
	ck_assert_double_eq(high, 1);
	ck_assert_int_eq(stats_ratio_interval(a, b, ROUNDS, 1, &low, &high),
	    0);
	ck_assert(low <= 1 && 1 <= high);
}
END_TEST

START_TEST(the_interval_of_two_runs_covers_their_ratio)
{
	double a[ROUNDS], b[ROUNDS], unused[ROUNDS], low, high;
	uint64_t state = 8;
	int covered = 0;

	for (int i = 0; i < TRIALS; i++) {
		make_rounds(a, unused, 1.3, &state);
		make_rounds(unused, b, 1, &state);
		ck_assert_int_eq(stats_unpaired_interval(a, ROUNDS, b,
		    ROUNDS - 6, (uint64_t)i, &low, &high), 0);
		covered += low <= 1.3 && 1.3 <= high;
	}
	ck_assert_msg(covered >= TRIALS * 90 / 100, "only %d of %d", covered,
	    TRIALS);
	ck_assert_int_eq(stats_unpaired_interval(a, ROUNDS, b,
	    STATS_PAIRS_MIN - 1, 1, &low, &high), -EINVAL);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_interval)
{
	double a[ROUNDS], b[ROUNDS], low[2], high[2];
	uint64_t state = 6;
	int i;

	make_rounds(a, b, 2, &state);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(stats_ratio_interval(a, b, ROUNDS, 42,
		    &low[i], &high[i]), 0);
	ck_assert_double_eq(low[0], low[1]);
	ck_assert_double_eq(high[0], high[1]);
}
END_TEST

START_TEST(too_few_or_too_many_rounds_are_refused)
{
	double v[STATS_PAIRS_MAX + 1] = { 0 }, low, high;

	ck_assert_int_eq(stats_ratio_interval(v, v, STATS_PAIRS_MIN - 1, 1,
	    &low, &high), -EINVAL);
	ck_assert_int_eq(stats_ratio_interval(v, v, STATS_PAIRS_MAX + 1, 1,
	    &low, &high), -EINVAL);
}
END_TEST

START_TEST(a_finished_result_holds_rows_against_floor_stock_and_best)
{
	static struct result r;
	const struct table *t;
	const struct row *row;

	sample_result(&r, 1000);
	t = &r.tables[0];
	row = table_row(t, "rpc/tcp");
	ck_assert(fabs(row->x_floor.point - 21 / 11.9) < .02);
	ck_assert(fabs(row->x_stock.point - 21 / 24.5) < .02);
	ck_assert(row->x_floor.low > 0);
	ck_assert(row->x_floor.low <= row->x_floor.point);
	ck_assert(row->x_floor.point <= row->x_floor.high);
	ck_assert_double_eq(table_best(t)->x_best.point, 1);
	ck_assert(row->x_best.point > 2);
	/* A byte stream has no stock row to be held against. */
	ck_assert_double_eq(table_row(t, "unix")->x_stock.point, 0);
	result_release(&r);
}
END_TEST

/* What a round does to one row alone: little; one in ten is disturbed. */
static double
disturbance(uint64_t *state)
{
	double usual = exp(.02 * noise(state));

	return stats_random(state) % 10 == 0 ? 1.3 * usual : usual;
}

/* A table of rows whose round-to-round noise is drawn anew. */
static void
make_table(struct result *r, const double *ratios, size_t n, uint64_t seed)
{
	struct table *t = &r->tables[0];
	double machine[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		machine[i] = exp(.2 * noise(&seed));
	for (size_t k = 0; k < n; k++) {
		struct row *row = &t->rows[k];

		hist_init(row->hist);
		row->nrounds = ROUNDS;
		for (int i = 0; i < ROUNDS; i++) {
			double ns = 20000 * ratios[k] * machine[i] *
			    disturbance(&seed);

			row->rounds[i].p50_ns = ns;
			hist_add(row->hist, (uint64_t)ns, 100);
		}
	}
	result_finish(r);
}

/*
 * Rows of the sample as: a mechanism, the same again, the same under a third
 * name, and one that takes 5 % longer.
 */
START_TEST(the_same_under_two_names_is_no_difference_but_5_percent_are)
{
	static const double ratios[] = { 1, 1, 1, 1.05 };
	static struct result r;
	struct table *t;
	int same = 0, found = 0;

	sample_result(&r, 1000);
	t = &r.tables[0];
	t->nrows = 4;
	strcpy(t->rows[1].twin_name, t->rows[0].name);
	t->rows[1].kind = ROW_AGAIN;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct interval x;

		make_table(&r, ratios, 4, seed);
		x = table_ratio(t, &t->rows[2], &t->rows[0], RATIO_P50, seed);
		same += !ratio_differs(&x);
		x = table_ratio(t, &t->rows[3], &t->rows[0], RATIO_P50, seed);
		found += ratio_differs(&x);
	}
	ck_assert_int_ge(same, 19);
	ck_assert_int_eq(found, 20);
	t->nrows = 15;
	result_release(&r);
}
END_TEST

START_TEST(a_void_or_unmeasured_row_takes_part_in_no_ratio)
{
	static struct result r;
	struct row *best;

	sample_result(&r, 1000);
	ck_assert_double_eq(table_row(&r.tables[3], "rpc/local")->x_stock.point,
	    0);
	ck_assert_double_eq(table_row(&r.tables[4], "rpc/udp")->x_best.point,
	    0);
	best = table_row(&r.tables[0], table_best(&r.tables[0])->name);
	best->is_void = true;
	ck_assert_ptr_ne(table_best(&r.tables[0]), best);
	result_release(&r);
}
END_TEST

START_TEST(only_a_round_that_is_slow_on_every_row_is_marked)
{
	static struct result r;
	const struct row *row;
	unsigned i;

	sample_result(&r, 1000);
	row = table_row(&r.tables[1], "unix");
	for (i = 0; i < row->nrounds; i++)
		ck_assert_int_eq(row->rounds[i].slow, i == 7);
	r.tables[1].rows[3].rounds[7].mean_ns /= 1.6;
	result_finish(&r);
	ck_assert(!row->rounds[7].slow);
	result_release(&r);
}
END_TEST

START_TEST(few_rounds_give_a_ratio_without_an_interval)
{
	static struct result r;
	struct row *row;

	sample_result(&r, 1000);
	row = table_row(&r.tables[0], "rpc/tcp");
	row->nrounds = STATS_PAIRS_MIN - 1;
	result_finish(&r);
	ck_assert(row->x_floor.point > 1);
	ck_assert_double_eq(row->x_floor.low, 0);
	ck_assert_double_eq(row->x_floor.high, 0);
	result_release(&r);
}
END_TEST

Suite *
stats_suite(void)
{
	Suite *s = suite_create("stats");
	TCase *t = tcase_create("stats");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_median_is_the_middle_or_between_the_middle_two);
	tcase_add_test(t, the_interval_covers_the_true_ratio);
	tcase_add_test(t, pairing_removes_the_noise_that_rounds_share);
	tcase_add_test(t, equal_samples_give_an_interval_that_contains_1);
	tcase_add_test(t, the_same_seed_gives_the_same_interval);
	tcase_add_test(t, too_few_or_too_many_rounds_are_refused);
	tcase_add_test(t,
	    a_finished_result_holds_rows_against_floor_stock_and_best);
	tcase_add_test(t,
	    the_same_under_two_names_is_no_difference_but_5_percent_are);
	tcase_add_test(t, the_interval_of_two_runs_covers_their_ratio);
	tcase_add_test(t, a_void_or_unmeasured_row_takes_part_in_no_ratio);
	tcase_add_test(t, only_a_round_that_is_slow_on_every_row_is_marked);
	tcase_add_test(t, few_rounds_give_a_ratio_without_an_interval);
	suite_add_tcase(s, t);
	return s;
}
