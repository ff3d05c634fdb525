/*
 * What `rpcall stats` makes of a daemon's counters: percentiles, differences,
 * and Prometheus' format. Run by main.c.
 */
#include <stdlib.h>
#include <string.h>

#include "latency.h"
#include "reflect/stats_out.h"
#include "suites.h"

static u_quad_t counts[4];

static reflect_row
row_of(u_int first, u_quad_t a, u_quad_t b, u_quad_t c, u_quad_t d)
{
	static char mechanism[] = "rpc/tcp";
	reflect_row r = { .found = TRUE, .prog = 7, .vers = 1, .proc = 2,
		.mechanism = mechanism, .first = first };

	counts[0] = a;
	counts[1] = b;
	counts[2] = c;
	counts[3] = d;
	r.counts.counts_val = counts;
	r.counts.counts_len = 4;
	return r;
}

START_TEST(a_percentile_lies_within_its_bucket)
{
	reflect_row r = row_of(5, 100, 100, 100, 100);	/* 256 to 511 ns */

	for (double p = 1; p <= 97; p++) {
		double v = row_percentile(&r, p);
		unsigned wanted = 5 + (unsigned)((p - 0.001) / 25);

		ck_assert_uint_eq(latency_bucket((uint64_t)(v - 0.001)),
		    wanted);
	}
	ck_assert(row_percentile(&r, 50) == 384);
	ck_assert(row_percentile(&r, 25) == 320);
}
END_TEST

START_TEST(a_percentile_needs_ten_that_were_measured_beyond_it)
{
	reflect_row r = row_of(5, 988, 1, 1, 9);

	ck_assert(row_percentile(&r, 99) < 0);
	counts[3] = 10;
	counts[0] = 1000000;
	ck_assert(row_percentile(&r, 99.9989) > 0);
	/* Five calls that stand for 127 each are five. */
	r = row_of(5, 127000, 0, 0, 5 * 127);
	ck_assert(row_percentile(&r, 99.5) < 0);
	r = row_of(5, 127000, 0, 0, 20 * 127);
	ck_assert(row_percentile(&r, 98.1) > 0);
	r = row_of(5, 0, 0, 0, 0);
	ck_assert(row_percentile(&r, 50) < 0);
	r.counts.counts_len = 0;
	ck_assert(row_percentile(&r, 50) < 0);
}
END_TEST

START_TEST(the_open_bucket_is_taken_for_its_start)
{
	reflect_row r = row_of(LATENCY_BUCKETS - 4, 0, 0, 0, 1000);

	ck_assert(row_percentile(&r, 50) == (double)(UINT64_C(1) << 36));
}
END_TEST

START_TEST(a_procedure_is_called_without_its_program)
{
	static const char *const names[][3] = {
		{ "echo", "ECHO_NULL", "NULL" },
		{ "rstat", "RSTATPROC_STATS", "STATS" },
		{ "rusers", "RUSERS2_NUM", "NUM" },
		{ "nfs", "NFSPROC3_READ", "READ" },
		{ "echo", "NULL", "NULL" }, { "echo", "ECHO", "ECHO" },
		{ "echo", "ECHO_", "ECHO_" }, { "echo", "ECHOED", "ECHOED" },
		{ "", "_X", "X" }, { "longer", "L", "L" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		reflect_procedure p = {
			.service = (char *)(uintptr_t)names[i][0],
			.name = (char *)(uintptr_t)names[i][1],
		};

		ck_assert_str_eq(procedure_short(&p), names[i][2]);
	}
}
END_TEST

START_TEST(a_difference_is_what_was_added)
{
	static u_quad_t earlier[2] = { 3, 4 };
	reflect_row old = { .found = TRUE, .prog = 7, .vers = 1, .proc = 2,
		.mechanism = "rpc/tcp", .first = 6, .calls = 7, .bytes_in = 70,
		.counts = { 2, earlier }, .errors = { .denied = 2 } };
	reflect_row new = row_of(5, 1, 5, 4, 2);
	struct snapshot now = { .stats = { .rows = { 1, &new },
		.uptime_ns = 10 } };
	struct snapshot before = { .stats = { .rows = { 1, &old },
		.uptime_ns = 5 } };
	struct snapshot delta = { 0 };
	reflect_row *r;

	new.calls = 12;
	new.bytes_in = 100;
	new.errors.denied = 3;
	ck_assert_int_eq(snapshot_since(&delta, &now, &before), 0);
	r = &delta.stats.rows.rows_val[0];
	ck_assert_uint_eq(r->calls, 5);
	ck_assert_uint_eq(r->bytes_in, 30);
	ck_assert_uint_eq(r->errors.denied, 1);
	ck_assert_uint_eq(r->counts.counts_val[0], 1);
	ck_assert_uint_eq(r->counts.counts_val[1], 2);
	ck_assert_uint_eq(r->counts.counts_val[2], 0);
	ck_assert_uint_eq(r->counts.counts_val[3], 2);
	ck_assert_uint_eq(new.calls, 12);
	snapshot_clear_rows(&delta);
	/* It was started again: all of it is new. */
	before.stats.uptime_ns = 11;
	ck_assert_int_eq(snapshot_since(&delta, &now, &before), 0);
	ck_assert_uint_eq(delta.stats.rows.rows_val[0].calls, 12);
	snapshot_clear_rows(&delta);
}
END_TEST

static char *
prometheus(const struct snapshot *s)
{
	struct stats_view v = { .s = s, .uri = "unix:/x" };
	size_t n;
	char *text = NULL;
	FILE *out = open_memstream(&text, &n);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(stats_prometheus(out, &v), 0);
	fclose(out);
	return text;
}

START_TEST(prometheus_escapes_what_labels_and_names_cannot_hold)
{
	reflect_value figures[] = { { "good_total", 5 }, { "Bad", 1 },
		{ "bad name", 1 }, { "x\ny", 1 }, { "good_total", 6 },
		{ "a_ns_total", 1500000000 }, { "a_seconds_total", 9 },
		{ "build_info", 9 }, { "server_calls_total", 9 } };
	struct snapshot s = { .info = { .product = "a\"b\\c\nd\x1b\xff",
		.release = "1", .host = "h" },
		.stats = { .figures = { 9, figures } } };
	char *text = prometheus(&s);

	ck_assert_ptr_nonnull(strstr(text, "\nrpcall_build_info{product="
	    "\"a\\\"b\\\\c\\nd??\",release=\"1\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(text, "\nrpcall_good_total 5\n"));
	ck_assert_ptr_nonnull(strstr(text, "\nrpcall_a_seconds_total 1.5\n"));
	ck_assert_ptr_null(strstr(text, "Bad"));
	ck_assert_ptr_null(strstr(text, "bad"));
	ck_assert_ptr_null(strstr(text, "x\ny"));
	ck_assert_ptr_null(strstr(text, "good_total 6"));
	ck_assert_ptr_null(strstr(text, "seconds_total 9"));
	ck_assert_ptr_null(strstr(text, "info 9"));
	ck_assert_ptr_null(strstr(text, "calls_total 9"));
	free(text);
}
END_TEST

START_TEST(prometheus_buckets_are_cumulative_and_end_with_all)
{
	reflect_row r = row_of(LATENCY_BUCKETS - 4, 1, 2, 3, 4);
	char *product = "p", *text;
	struct snapshot s = { .info = { .product = product,
		.release = product, .host = product },
		.stats = { .rows = { 1, &r } } };

	r.timed_ns = 1500000000;
	text = prometheus(&s);
	ck_assert_ptr_nonnull(strstr(text, "le=\"34.359738368\"} 0\n"));
	ck_assert_ptr_nonnull(strstr(text, "le=\"68.719476736\"} 6\n"));
	ck_assert_ptr_nonnull(strstr(text, "le=\"+Inf\"} 10\n"));
	ck_assert_ptr_nonnull(strstr(text, "rpcall_mechanism=\"rpc/tcp\"} "
	    "1.5\n"));
	ck_assert_ptr_nonnull(strstr(text, "onc_rpc_program_name=\"0x7\""));
	free(text);
}
END_TEST

Suite *
reflect_suite(void)
{
	Suite *s = suite_create("reflect");
	TCase *t = tcase_create("reflect");

	tcase_add_test(t, a_percentile_lies_within_its_bucket);
	tcase_add_test(t, a_percentile_needs_ten_that_were_measured_beyond_it);
	tcase_add_test(t, the_open_bucket_is_taken_for_its_start);
	tcase_add_test(t, a_procedure_is_called_without_its_program);
	tcase_add_test(t, a_difference_is_what_was_added);
	tcase_add_test(t,
	    prometheus_escapes_what_labels_and_names_cannot_hold);
	tcase_add_test(t, prometheus_buckets_are_cumulative_and_end_with_all);
	suite_add_tcase(s, t);
	return s;
}
