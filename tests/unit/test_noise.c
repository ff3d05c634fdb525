/*
 * What is a difference, and what is enough: ratios of rounds that were made up
 * without chance. Run by main.c.
 */
#include <string.h>

#include "measure/result.h"
#include "report/figures.h"
#include "sample.h"
#include "suites.h"

enum { ROUNDS = 21 };

/* Rounds without chance: their p50 and mean, as given. */
static void
steady_row(struct row *row, double p50_ns, double mean_ns)
{
	hist_init(row->hist);
	hist_add(row->hist, (uint64_t)p50_ns, 100);
	row->nrounds = ROUNDS;
	for (int i = 0; i < ROUNDS; i++) {
		row->rounds[i].p50_ns = p50_ns * (1 + i * 1e-6);
		row->rounds[i].mean_ns = mean_ns * (1 + i * 1e-6);
	}
}

/* The sample's first table, of four steady rows: the first, the same again,
 * and two that are held against it. */
static struct table *
steady_table(struct result *r, double again_mean, double third, double fourth)
{
	struct table *t = &r->tables[0];

	t->nrows = 4;
	strcpy(t->rows[1].twin_name, t->rows[0].name);
	t->rows[1].kind = ROW_AGAIN;
	steady_row(&t->rows[0], 20000, 20000);
	steady_row(&t->rows[1], 20020, 20000 * again_mean);
	steady_row(&t->rows[2], 20000 * third, 20000 * third);
	steady_row(&t->rows[3], 20000 * fourth, 20000 * fourth);
	result_finish(r);
	return t;
}

static bool
differs(const struct table *t, int row, enum ratio_of what)
{
	struct interval x = table_ratio(t, &t->rows[row], &t->rows[0], what,
	    1);

	ck_assert(x.low > 1);
	return ratio_differs(&x);
}

/* Rounds so alike that every difference would be significant. */
START_TEST(a_difference_of_less_than_1_percent_is_none_however_steady)
{
	static struct result r;
	const struct table *t;

	sample_result(&r, 1000);
	t = steady_table(&r, 1.001, 1.008, 1.02);
	ck_assert(!differs(t, 2, RATIO_P50));
	ck_assert(!differs(t, 2, RATIO_MEAN));
	ck_assert(differs(t, 3, RATIO_P50));
	ck_assert(differs(t, 3, RATIO_MEAN));
	r.tables[0].nrows = 15;
	result_release(&r);
}
END_TEST

START_TEST(a_table_is_tight_when_each_ratio_to_the_best_is)
{
	static struct result r;
	struct table *t;

	sample_result(&r, 1000);
	ck_assert(!table_is_tight(&r.tables[0], 1e-4, 1));
	t = steady_table(&r, 1.001, 1.008, 1.02);
	ck_assert(table_is_tight(t, 1e-4, 1));
	for (int i = 0; i < ROUNDS; i += 2)
		t->rows[3].rounds[i].p50_ns *= 1.5;
	ck_assert(!table_is_tight(t, 1e-4, 1));
	ck_assert(table_is_tight(t, .5, 1));
	r.tables[0].nrows = 15;
	result_release(&r);
}
END_TEST

/* A tail may move the mean of the same mechanism, and not its median. */
START_TEST(what_a_mean_differs_by_is_held_against_the_noise_of_means)
{
	static struct result r;
	const struct table *t;

	sample_result(&r, 1000);
	t = steady_table(&r, 1.06, 1.05, 1.08);
	ck_assert(differs(t, 2, RATIO_P50));
	ck_assert(!differs(t, 2, RATIO_MEAN));
	ck_assert(differs(t, 3, RATIO_MEAN));
	r.tables[0].nrows = 15;
	result_release(&r);
}
END_TEST

Suite *
noise_suite(void)
{
	Suite *s = suite_create("noise");
	TCase *t = tcase_create("noise");

	tcase_add_test(t,
	    a_difference_of_less_than_1_percent_is_none_however_steady);
	tcase_add_test(t, a_table_is_tight_when_each_ratio_to_the_best_is);
	tcase_add_test(t,
	    what_a_mean_differs_by_is_held_against_the_noise_of_means);
	suite_add_tcase(s, t);
	return s;
}
