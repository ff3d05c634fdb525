/*
 * What is bounded by numbers of the operator: the daemon's limits, the
 * buffers that share a budget, and what of a peer's text gets into the log.
 * Run by main.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "log.h"
#include "server/limits.h"
#include "suites.h"

START_TEST(a_limit_is_set_by_its_name)
{
	struct limits l = limits_default;

	ck_assert_int_eq(limits_set(&l, "record=1000"), 0);
	ck_assert_uint_eq(l.record, 1000);
	ck_assert_int_eq(limits_set(&l, "empty-fragments=0"), 0);
	ck_assert_uint_eq(l.empty_fragments, 0);
	ck_assert_int_eq(limits_set(&l, "buffers=3G"), 0);
	ck_assert_uint_eq(l.buffers, UINT64_C(3) << 30);
	ck_assert_int_eq(limits_set(&l, "pause=2K"), 0);
	ck_assert_uint_eq(l.pause, 2048);
	ck_assert_int_eq(limits_set(&l, "queue=5M"), 0);
	ck_assert_uint_eq(l.queue, 5 << 20);
}
END_TEST

static const struct {
	const char *text;
	int err;
} bad_limits[] = {
	{ "", -ENOENT }, { "=", -ENOENT }, { "=5", -ENOENT },
	{ "rec=5", -ENOENT }, { "records=5", -ENOENT },
	{ "record =5", -ENOENT }, { "RECORD=1", -ENOENT },
	{ "records", -ENOENT },
	{ "record", -EINVAL }, { "record=", -EINVAL },
	{ "record=-1", -EINVAL }, { "record=+1", -EINVAL },
	{ "record= 1", -EINVAL }, { "record=x", -EINVAL },
	{ "record=1x", -EINVAL }, { "record=1KK", -EINVAL },
	{ "record=1k", -EINVAL }, { "record=K", -EINVAL },
	{ "record=0x10", -EINVAL }, { "record=1.5", -EINVAL },
	{ "record=63", -ERANGE }, { "record=1025M", -ERANGE },
	{ "record=18446744073709551616", -ERANGE },
	{ "record=9223372036854775808", -ERANGE },
	{ "record=9007199254740992K", -ERANGE },
	{ "record=99999999999999999999G", -ERANGE },
};

START_TEST(what_is_no_assignment_of_a_limit_changes_nothing)
{
	struct limits l = limits_default;

	ck_assert_msg(limits_set(&l, bad_limits[_i].text) ==
	    bad_limits[_i].err, "\"%s\"", bad_limits[_i].text);
	ck_assert_mem_eq(&l, &limits_default, sizeof(l));
}
END_TEST

static struct limits shown;
static unsigned nshown;

static void
set_to_one_more(const char *name, uint64_t value, void *arg)
{
	char text[128];

	(void)arg;
	snprintf(text, sizeof(text), "%s=%llu", name,
	    (unsigned long long)value + 1);
	ck_assert_int_eq(limits_set(&shown, text), 0);
	nshown++;
}

START_TEST(every_limit_is_shown_by_the_name_that_sets_it)
{
	const uint64_t *was = (const uint64_t *)&limits_default;
	const uint64_t *is = (const uint64_t *)&shown;

	shown = limits_default;
	limits_each(&limits_default, set_to_one_more, NULL);
	ck_assert_uint_eq(nshown, sizeof(shown) / sizeof(uint64_t));
	for (unsigned i = 0; i < nshown; i++)
		ck_assert_uint_eq(is[i], was[i] + 1);
}
END_TEST

START_TEST(a_budget_gives_what_is_left_and_not_a_byte_more)
{
	struct budget b = { .limit = 100 };

	ck_assert_int_eq(budget_take(&b, 60), 0);
	ck_assert_int_eq(budget_take(&b, 41), -ENOBUFS);
	ck_assert_int_eq(budget_take(&b, 40), 0);
	ck_assert_int_eq(budget_take(&b, 1), -ENOBUFS);
	ck_assert_uint_eq(b.used, 100);
	budget_give(&b, 100);
	ck_assert_uint_eq(b.used, 0);
	/* Nobody's budget: there is no limit. */
	ck_assert_int_eq(budget_take(NULL, SIZE_MAX), 0);
	budget_give(NULL, 1);
}
END_TEST

START_TEST(a_buffer_over_its_budget_stays_as_it_was)
{
	struct budget budget = { .limit = 8192 };
	struct buf b = { .budget = &budget };
	char fill[4096];

	memset(fill, 'f', sizeof(fill));
	ck_assert_int_eq(buf_append(&b, fill, sizeof(fill)), 0);
	ck_assert_int_eq(buf_append(&b, fill, sizeof(fill)), 0);
	ck_assert_int_eq(buf_append(&b, "x", 1), -ENOBUFS);
	ck_assert_uint_eq(b.len, 8192);
	ck_assert_uint_eq(b.cap, budget.used);
	ck_assert_mem_eq(b.data + 4096, fill, sizeof(fill));
	buf_release(&b);
	ck_assert_uint_eq(budget.used, 0);
	ck_assert_int_eq(buf_append(&b, "x", 1), 0);
	buf_release(&b);
}
END_TEST

START_TEST(buffers_of_one_budget_together_stay_within_it)
{
	struct budget budget = { .limit = 10000 };
	struct buf a = { .budget = &budget }, b = { .budget = &budget };

	ck_assert_int_eq(buf_reserve(&a, 6000), 0);
	ck_assert_int_eq(buf_reserve(&b, 6000), -ENOBUFS);
	ck_assert_ptr_null(b.data);
	ck_assert_int_eq(buf_reserve(&b, 4000), -ENOBUFS);
	buf_release(&a);
	ck_assert_int_eq(buf_reserve(&b, 6000), 0);
	buf_release(&b);
	ck_assert_uint_eq(budget.used, 0);
}
END_TEST

START_TEST(a_size_that_would_overflow_is_refused)
{
	struct budget budget = { .limit = SIZE_MAX };
	struct buf b = { .budget = &budget };

	ck_assert_int_eq(buf_append(&b, "abc", 3), 0);
	ck_assert_int_eq(buf_reserve(&b, SIZE_MAX), -ENOMEM);
	ck_assert_int_eq(buf_reserve(&b, SIZE_MAX - 2), -ENOMEM);
	ck_assert_int_eq(buf_reserve(&b, SIZE_MAX / 2), -ENOMEM);
	ck_assert_uint_eq(b.len, 3);
	ck_assert_uint_eq(budget.used, b.cap);
	buf_release(&b);
}
END_TEST

START_TEST(appending_keeps_what_is_there_however_often_it_grows)
{
	struct buf b = { 0 };

	for (unsigned i = 0; i < 100000; i++)
		ck_assert_int_eq(buf_append(&b, &i, sizeof(i)), 0);
	for (unsigned i = 0; i < 100000; i++)
		ck_assert_mem_eq(b.data + i * sizeof(i), &i, sizeof(i));
	ck_assert_int_eq(buf_append(&b, NULL, 0), 0);
	buf_release(&b);
	ck_assert(b.data == NULL && b.len == 0 && b.cap == 0);
	buf_release(&b);
}
END_TEST

START_TEST(text_of_a_peer_cannot_end_a_line_or_a_value_of_the_log)
{
	char out[128];

	ck_assert_str_eq(log_escape(out, sizeof(out), "127.0.0.1:80"),
	    "127.0.0.1:80");
	ck_assert_str_eq(log_escape(out, sizeof(out), "a\nb\"c\\d e\x1b\x7f"),
	    "a\\x0ab\\x22c\\x5cd\\x20e\\x1b\\x7f");
	ck_assert_str_eq(log_escape(out, sizeof(out), "\xc3\xa4"),
	    "\\xc3\\xa4");
	ck_assert_str_eq(log_escape(out, sizeof(out), ""), "");
}
END_TEST

START_TEST(long_text_is_cut_within_its_buffer)
{
	char text[300], out[64 + 1];

	memset(text, '\n', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (unsigned size = 1; size <= 64; size++) {
		memset(out, 'G', sizeof(out));
		log_escape(out, size, text);
		ck_assert_uint_lt(strlen(out), size);
		ck_assert_uint_eq(strlen(out) % 4, 0);
		ck_assert_int_eq(out[size], 'G');
	}
}
END_TEST

START_TEST(the_levels_of_the_log_have_their_names)
{
	ck_assert_int_eq(log_level_parse("error"), LOG_LEVEL_ERROR);
	ck_assert_int_eq(log_level_parse("debug"), LOG_LEVEL_DEBUG);
	ck_assert_int_eq(log_level_parse("loud"), -EINVAL);
	ck_assert_int_eq(log_level_parse(""), -EINVAL);
}
END_TEST

Suite *
limits_suite(void)
{
	Suite *s = suite_create("limits");
	TCase *t = tcase_create("limits");

	tcase_add_test(t, a_limit_is_set_by_its_name);
	tcase_add_loop_test(t,
	    what_is_no_assignment_of_a_limit_changes_nothing, 0,
	    sizeof(bad_limits) / sizeof(bad_limits[0]));
	tcase_add_test(t, every_limit_is_shown_by_the_name_that_sets_it);
	tcase_add_test(t, a_budget_gives_what_is_left_and_not_a_byte_more);
	tcase_add_test(t, a_buffer_over_its_budget_stays_as_it_was);
	tcase_add_test(t, buffers_of_one_budget_together_stay_within_it);
	tcase_add_test(t, a_size_that_would_overflow_is_refused);
	tcase_add_test(t,
	    appending_keeps_what_is_there_however_often_it_grows);
	tcase_add_test(t,
	    text_of_a_peer_cannot_end_a_line_or_a_value_of_the_log);
	tcase_add_test(t, long_text_is_cut_within_its_buffer);
	tcase_add_test(t, the_levels_of_the_log_have_their_names);
	suite_add_tcase(s, t);
	return s;
}
