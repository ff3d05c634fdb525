/*
 * The parts of a call, of rounds whose every time is known. Run by main.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/result.h"
#include "suites.h"

enum { ROUNDS = 7, ROWS = 4 };

static struct result r;

/* Round i takes i microseconds longer, on every row. */
static void
make_row(struct row *row, const char *name, enum row_kind kind, double p50_ns)
{
	strcpy(row->name, name);
	row->kind = kind;
	row->measured = true;
	row->hist = malloc(sizeof(*row->hist));
	ck_assert_ptr_nonnull(row->hist);
	hist_init(row->hist);
	hist_record(row->hist, (uint64_t)p50_ns);
	row->nrounds = ROUNDS;
	for (int i = 0; i < ROUNDS; i++)
		row->rounds[i] = (struct round){ .p50_ns = p50_ns + 1000 * i,
			.mean_ns = p50_ns, .encode_ns = 12,
			.dispatch_ns = 300 };
	if (kind == ROW_MECH)
		strcpy(row->floor_name, "floor tcp");
}

static void
set_up(void)
{
	struct table *t;

	memset(&r, 0, sizeof(r));
	r.ntables = 1;
	t = r.tables = calloc(1, sizeof(*r.tables));
	ck_assert_ptr_nonnull(t);
	t->outstanding = t->connections = 1;
	t->nrows = ROWS;
	t->rows = calloc(ROWS, sizeof(*t->rows));
	ck_assert_ptr_nonnull(t->rows);
	make_row(&t->rows[0], "rpc/tcp", ROW_MECH, 20000);
	make_row(&t->rows[1], "tcp", ROW_MECH, 18000);
	make_row(&t->rows[2], "floor tcp", ROW_FLOOR, 15000);
	make_row(&t->rows[3], "floor tcp polled", ROW_FLOOR, 9000);
}

static void
tear_down(void)
{
	result_release(&r);
}

static double
part(size_t row, enum part which)
{
	return r.tables[0].rows[row].parts[which].point;
}

START_TEST(parts_are_what_rounds_differ_by)
{
	result_finish(&r);
	ck_assert_double_eq_tol(part(0, PART_ENCODE), 12, 1e-6);
	ck_assert_double_eq_tol(part(0, PART_DISPATCH), 300, 1e-6);
	ck_assert_double_eq_tol(part(0, PART_TRANSPORT), 12000, 1e-6);
	ck_assert_double_eq_tol(part(0, PART_WAKE_UP), 6000, 1e-6);
	ck_assert_double_eq_tol(part(0, PART_OVER_RAW), 5000, 1e-6);
	ck_assert_double_eq_tol(part(0, PART_OVER_LEAN), 2000, 1e-6);
	ck_assert_double_eq_tol(part(0, PART_REST), 5000 - 312, 1e-6);
	ck_assert(isnan(part(1, PART_OVER_LEAN)));
}
END_TEST

START_TEST(what_all_rounds_share_leaves_differences_without_width)
{
	const struct interval *parts = r.tables[0].rows[0].parts;

	result_finish(&r);
	ck_assert_double_eq_tol(parts[PART_WAKE_UP].low, 6000, 1e-6);
	ck_assert_double_eq_tol(parts[PART_WAKE_UP].high, 6000, 1e-6);
	ck_assert_double_lt(parts[PART_TRANSPORT].low, 12000);
	ck_assert_double_gt(parts[PART_TRANSPORT].high, 12000);
}
END_TEST

START_TEST(a_row_that_is_not_there_leaves_its_parts_unknown)
{
	r.tables[0].rows[3].is_void = true;
	result_finish(&r);
	ck_assert(isnan(part(0, PART_TRANSPORT)));
	ck_assert(isnan(part(0, PART_WAKE_UP)));
	ck_assert_double_eq_tol(part(0, PART_REST), 5000 - 312, 1e-6);
	r.tables[0].rows[2].is_void = true;
	result_finish(&r);
	ck_assert(isnan(part(0, PART_REST)));
	ck_assert(isnan(part(0, PART_OVER_RAW)));
	ck_assert_double_eq_tol(part(0, PART_ENCODE), 12, 1e-6);
}
END_TEST

START_TEST(what_an_older_result_does_not_hold_is_unknown)
{
	for (int i = 0; i < ROUNDS; i++)
		r.tables[0].rows[0].rounds[i].dispatch_ns = 0;
	result_finish(&r);
	ck_assert(isnan(part(0, PART_DISPATCH)));
	ck_assert(isnan(part(0, PART_REST)));
	ck_assert_double_eq_tol(part(0, PART_OVER_RAW), 5000, 1e-6);
}
END_TEST

START_TEST(floors_and_tables_with_many_calls_have_no_parts)
{
	result_finish(&r);
	ck_assert(isnan(part(2, PART_ENCODE)));
	r.tables[0].outstanding = 64;
	result_finish(&r);
	ck_assert(isnan(part(0, PART_ENCODE)));
	ck_assert(isnan(part(0, PART_OVER_RAW)));
}
END_TEST

START_TEST(few_rounds_give_parts_without_an_interval)
{
	for (int i = 0; i < ROWS; i++)
		r.tables[0].rows[i].nrounds = 3;
	result_finish(&r);
	ck_assert_double_eq_tol(part(0, PART_WAKE_UP), 6000, 1e-6);
	ck_assert(isnan(r.tables[0].rows[0].parts[PART_WAKE_UP].low));
}
END_TEST

Suite *
parts_suite(void)
{
	Suite *s = suite_create("parts");
	TCase *t = tcase_create("parts");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, parts_are_what_rounds_differ_by);
	tcase_add_test(t,
	    what_all_rounds_share_leaves_differences_without_width);
	tcase_add_test(t, a_row_that_is_not_there_leaves_its_parts_unknown);
	tcase_add_test(t, what_an_older_result_does_not_hold_is_unknown);
	tcase_add_test(t, floors_and_tables_with_many_calls_have_no_parts);
	tcase_add_test(t, few_rounds_give_parts_without_an_interval);
	suite_add_tcase(s, t);
	return s;
}
