/*
 * The four reports: what each must escape, what it must not claim, and that
 * a failed write is told. Run by main.c; tests/cli has the JSON read by an
 * independent parser.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/crossover.h"
#include "report/report.h"
#include "report/spark.h"
#include "report/utf8.h"
#include "sample.h"
#include "suites.h"

static struct result r;

static void
set_up(void)
{
	sample_result(&r, 2000);
}

static void
tear_down(void)
{
	result_release(&r);
}

static int
plain_text(const struct result *result, FILE *out)
{
	return report_text(result, out, false);
}

/* The whole report as a string; the caller frees it. */
static char *
render(int (*report)(const struct result *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(report(&r, out), 0);
	fclose(out);
	ck_assert_uint_eq(strlen(text), size);
	return text;
}

static void
assert_has(int (*report)(const struct result *, FILE *), const char *needle)
{
	char *text = render(report);

	ck_assert_msg(strstr(text, needle), "no %s", needle);
	free(text);
}

static void
assert_lacks(int (*report)(const struct result *, FILE *), const char *needle)
{
	char *text = render(report);

	ck_assert_msg(!strstr(text, needle), "there is %s", needle);
	free(text);
}

START_TEST(json_escapes_quotes_backslashes_and_controls)
{
	strcpy(r.env.command, "a\"b\\c\nd\001e");
	assert_has(report_json, "\"command\": \"a\\\"b\\\\c\\nd\\u0001e\"");
}
END_TEST

START_TEST(json_repairs_bytes_that_are_not_utf8)
{
	strcpy(r.env.host, "a\xff\xc0\x80\xed\xa0\x80z µ");
	assert_has(report_json, "\"host\": \"a\\ufffd\\ufffd\\ufffd\\ufffd"
	    "\\ufffd\\ufffdz µ\"");
}
END_TEST

START_TEST(json_has_null_for_a_percentile_without_support)
{
	assert_has(report_json, "\"p99.9\": null");
	assert_lacks(report_json, "\"p99\": null");
	assert_lacks(report_json, "nan");
}
END_TEST

START_TEST(json_keeps_all_64_bits_of_the_seed)
{
	assert_has(report_json, "\"seed\": \"11400714819323198485\"");
	assert_has(report_json, "\"schema\": \"rpcall/compare/1\"");
}
END_TEST

START_TEST(json_brackets_and_quotes_are_balanced)
{
	char *text = render(report_json), stack[32], *s;
	size_t depth = 0;

	for (s = text; *s; s++) {
		if (*s == '"') {
			while (*++s != '"')
				s += *s == '\\';
		} else if (*s == '{' || *s == '[') {
			ck_assert_uint_lt(depth, sizeof(stack));
			stack[depth++] = *s;
		} else if (*s == '}' || *s == ']') {
			ck_assert_uint_gt(depth, 0);
			ck_assert_int_eq(stack[--depth], *s == '}' ? '{' : '[');
		}
	}
	ck_assert_uint_eq(depth, 0);
	free(text);
}
END_TEST

START_TEST(csv_quotes_commas_quotes_and_line_ends)
{
	strcpy(r.tables[0].rows[0].note, "a \"b\",\nc");
	assert_has(report_csv, ",\"a \"\"b\"\",\nc\",");
}
END_TEST

START_TEST(csv_has_one_line_per_row_and_as_many_fields_as_names)
{
	char *text = render(report_csv), *s;
	size_t fields = 0, names = 0, lines = 0;
	bool quoted = false;

	for (s = text; *s; s++) {
		if (*s == '"')
			quoted = !quoted;
		fields += *s == ',' && !quoted;
		if (*s != '\n' || quoted)
			continue;
		if (lines++ == 0)
			names = fields;
		ck_assert_uint_eq(fields, names);
		fields = 0;
	}
	ck_assert_uint_eq(lines, 1 + 5 * 15);
	free(text);
}
END_TEST

START_TEST(html_escapes_a_hostile_string_wherever_it_shows)
{
	static const char hostile[] = "\"'><script>&</style>";
	size_t i;

	strcpy(r.env.command, hostile);
	strcpy(r.env.host, hostile);
	strcpy(r.env.date, hostile);
	strcpy(r.env.cpu, hostile);
	strcpy(r.mechs[0].target, hostile);
	strcpy(r.mechs[0].endpoint, hostile);
	for (i = 0; i < r.ntables; i++) {
		strcpy(r.tables[i].title, hostile);
		strcpy(r.tables[i].rows[0].name, hostile);
		strcpy(r.tables[i].rows[0].note, hostile);
		r.tables[i].rows[1].is_void = true;
		strcpy(r.tables[i].rows[1].note, hostile);
	}
	assert_lacks(report_html, "<script>&");
	assert_lacks(report_svg, "<script>&");
	assert_lacks(report_html, "\"'>");
	assert_lacks(report_html, "&</");
	assert_has(report_html,
	    "&quot;&#39;&gt;&lt;script&gt;&amp;&lt;/style&gt;");
}
END_TEST

START_TEST(html_refers_to_nothing_outside_itself)
{
	assert_lacks(report_html, "http://");
	assert_lacks(report_html, "https://");
	assert_lacks(report_html, "<script ");
	assert_lacks(report_html, " style=");
	assert_lacks(report_html, "<link");
	assert_lacks(report_html, "url(");
	assert_has(report_html, "default-src 'none'");
}
END_TEST

START_TEST(html_places_nothing_at_nan)
{
	table_row(&r.tables[0], "unix")->client.known = false;
	table_row(&r.tables[1], "unix")->hist->count = 0;
	assert_lacks(report_html, "nan");
	assert_lacks(report_html, "inf%");
	assert_lacks(report_svg, "=\"nan");
	assert_lacks(report_svg, "inf%");
}
END_TEST

START_TEST(text_stays_within_100_columns)
{
	char *text = render(plain_text), *s, *end;

	for (s = text; (end = strchr(s, '\n')); s = end + 1)
		ck_assert_uint_le(utf8_width(s, (size_t)(end - s)), 100);
	free(text);
}
END_TEST

START_TEST(text_passes_no_escape_sequence_on)
{
	strcpy(r.mechs[0].endpoint, "/run/\033[2Jx");
	strcpy(r.tables[0].rows[0].note, "\033]0;x\007");
	assert_lacks(plain_text, "\033");
}
END_TEST

START_TEST(text_shows_no_percentile_without_support)
{
	/* p99.9 of 2,000 calls has 2 beyond it: no row has it, so no column. */
	assert_has(plain_text, "p99 ");
	assert_lacks(plain_text, "p99.9");
	/* Of one row with few calls among others there is a dash. */
	hist_init(r.tables[0].rows[0].hist);
	hist_add(r.tables[0].rows[0].hist, 21000, 100);
	result_finish(&r);
	assert_has(plain_text, "21.00  21.00      -");
}
END_TEST

START_TEST(the_distribution_of_a_row_is_drawn_beside_it)
{
	struct table *t = &r.tables[0];
	struct spark_scale s = { 1000, 256000 };
	char text[SPARK_TEXT];
	size_t nrows = t->nrows;

	hist_init(t->rows[0].hist);
	spark_print(text, &s, &t->rows[0]);
	ck_assert_str_eq(text, "");
	hist_add(t->rows[0].hist, 1000, 1000000);
	hist_add(t->rows[0].hist, 5000, 1);
	hist_add(t->rows[0].hist, 900000, 1);
	spark_print(text, &s, &t->rows[0]);
	ck_assert_str_eq(text, "\u2588 \u2581    \u2581");
	/* All alike: a scale of no width is none to divide by. */
	hist_init(t->rows[0].hist);
	hist_add(t->rows[0].hist, 500, 20);
	t->nrows = 1;
	s = spark_scale(t);
	t->nrows = nrows;	/* all are to be freed */
	spark_print(text, &s, &t->rows[0]);
	ck_assert_str_eq(text, "\u2588       ");
}
END_TEST

START_TEST(a_row_that_is_void_shows_its_note_in_place_of_numbers)
{
	assert_has(plain_text, "stock rpc/local  void: the server counted 3 "
	    "calls fewer");
	assert_has(report_html, "void: the server counted 3 calls fewer");
}
END_TEST

START_TEST(the_verdict_names_the_winner_only_if_the_interval_says_so)
{
	struct row *pipe = table_row(&r.tables[0], "pipe");
	struct row *fifo = table_row(&r.tables[0], "fifo");
	unsigned i;

	assert_has(plain_text, "no significant difference between pipe and "
	    "fifo");
	for (i = 0; i < pipe->nrounds; i++) {
		pipe->rounds[i].p50_ns = 8000 + i;
		fifo->rounds[i].p50_ns = 8400 + i;
	}
	result_finish(&r);
	assert_has(plain_text, "For small calls pipe has the lowest latency");
	assert_lacks(plain_text, "no significant difference between");
}
END_TEST

START_TEST(a_store_and_its_durability_are_named_in_every_report)
{
	struct table *t = &r.tables[1];

	strcpy(t->workload, "kv-put");
	strcpy(t->store, "LMDB on <ext4>");
	strcpy(t->durability, "sync");
	assert_has(plain_text, "\nstore: LMDB on <ext4>, sync\n");
	assert_has(report_html, "store: LMDB on &lt;ext4&gt;, sync");
	assert_has(report_json, "\"workload\": \"kv-put\"");
	assert_has(report_json, "\"store\": \"LMDB on <ext4>\"");
	assert_has(report_json, "\"durability\": \"sync\"");
	assert_has(report_csv, ",kv-put,LMDB on <ext4>,sync,");
}
END_TEST

/* In the sample pipe takes 8.38 us + 0.5 ns/B, unix 9.1 us + 0.36 ns/B. */
START_TEST(the_size_at_which_two_mechanisms_change_places_is_named)
{
	struct crossover c[CROSSOVERS_MAX];
	size_t n = crossovers(&r, c), found = 0;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(c[i].small, "pipe") != 0)
			continue;
		found++;
		ck_assert_str_eq(c[i].large, "unix");
		ck_assert(c[i].from < 5143 && 5143 < c[i].to);
		ck_assert(c[i].bytes > c[i].from && c[i].bytes < c[i].to);
		assert_has(plain_text, "pipe is faster than unix, above it is "
		    "slower");
	}
	ck_assert_uint_eq(found, 1);
	/* What is noise changes no places. */
	for (size_t i = 0; i < r.ntables; i++)
		for (size_t k = 0; k < r.tables[i].nrows; k++)
			r.tables[i].rows[k].x_best.noise =
			    r.tables[i].noise = 1000;
	ck_assert_uint_eq(crossovers(&r, c), 0);
}
END_TEST

START_TEST(verdicts_are_of_the_first_workload_alone)
{
	assert_has(plain_text, "the median of NULL, closed loop");
	assert_has(plain_text, "For bulk");
	strcpy(r.tables[0].workload, "kv-get");
	strcpy(r.tables[0].title, "kv-get");
	assert_has(plain_text, "the median of kv-get");
	assert_lacks(plain_text, "For bulk");
}
END_TEST

START_TEST(a_write_that_failed_is_told)
{
	static int (*const reports[])(const struct result *, FILE *) = {
		plain_text, report_json, report_csv, report_html, report_svg
	};
	size_t i;

	for (i = 0; i < sizeof(reports) / sizeof(reports[0]); i++) {
		FILE *full = fopen("/dev/full", "w");

		ck_assert_ptr_nonnull(full);
		ck_assert_int_eq(reports[i](&r, full), -ENOSPC);
		fclose(full);
	}
}
END_TEST

START_TEST(an_empty_result_is_reported_without_a_claim)
{
	result_release(&r);
	assert_lacks(plain_text, "For small calls");
	assert_has(report_json, "\"verdicts\": []");
	assert_has(report_html, "Nothing was measured");
}
END_TEST

Suite *
report_suite(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("report");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, json_escapes_quotes_backslashes_and_controls);
	tcase_add_test(t, json_repairs_bytes_that_are_not_utf8);
	tcase_add_test(t, json_has_null_for_a_percentile_without_support);
	tcase_add_test(t, json_keeps_all_64_bits_of_the_seed);
	tcase_add_test(t, json_brackets_and_quotes_are_balanced);
	tcase_add_test(t, csv_quotes_commas_quotes_and_line_ends);
	tcase_add_test(t,
	    csv_has_one_line_per_row_and_as_many_fields_as_names);
	tcase_add_test(t, html_escapes_a_hostile_string_wherever_it_shows);
	tcase_add_test(t, html_refers_to_nothing_outside_itself);
	tcase_add_test(t, html_places_nothing_at_nan);
	tcase_add_test(t, text_stays_within_100_columns);
	tcase_add_test(t, text_passes_no_escape_sequence_on);
	tcase_add_test(t, text_shows_no_percentile_without_support);
	tcase_add_test(t, the_distribution_of_a_row_is_drawn_beside_it);
	tcase_add_test(t,
	    a_row_that_is_void_shows_its_note_in_place_of_numbers);
	tcase_add_test(t,
	    the_verdict_names_the_winner_only_if_the_interval_says_so);
	tcase_add_test(t,
	    a_store_and_its_durability_are_named_in_every_report);
	tcase_add_test(t,
	    the_size_at_which_two_mechanisms_change_places_is_named);
	tcase_add_test(t, verdicts_are_of_the_first_workload_alone);
	tcase_add_test(t, a_write_that_failed_is_told);
	tcase_add_test(t, an_empty_result_is_reported_without_a_claim);
	suite_add_tcase(s, t);
	return s;
}
