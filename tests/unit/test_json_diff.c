/*
 * Differences of JSON values: which there are, where, and in what order. Run
 * by main.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "idl/json_diff.h"
#include "suites.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static const struct {
	const char *a, *b, *wanted;	/* "PATH: BEFORE > AFTER; ..." */
} cases[] = {
	{ "1", "1", "" },
	{ "1", "2", ": 1 > 2; " },
	{ "\"a\"", "\"b\"", ": \"a\" > \"b\"; " },
	{ "null", "{}", ": null > {}; " },
	{ "1", "\"1\"", ": 1 > \"1\"; " },
	{ "{}", "[]", ": {} > []; " },
	{ "{\"a\": 1, \"b\": 2}", "{\"a\": 1, \"b\": 3}", ".b: 2 > 3; " },
	{ "{\"a\": 1, \"b\": 2}", "{\"b\": 2, \"a\": 1}", "" },
	{ "{\"a\": {\"b\": [0, {\"c\": 1}]}}", "{\"a\": {\"b\": [0, "
	    "{\"c\": 2}]}}", ".a.b[1].c: 1 > 2; " },
	/* Another arm of a union. */
	{ "{\"s\": 0, \"ok\": 1}", "{\"s\": 1}", ".ok: 1 > -; .s: 0 > 1; " },
	{ "{}", "{\"a\": 1, \"b\": 2}", ".a: - > 1; .b: - > 2; " },
	/* Names that are no words, and one that is another's beginning. */
	{ "{\"a.b\": 1, \"\": 2}", "{\"a.b\": 2, \"\": 3}",
	    "[\"a.b\"]: 1 > 2; [\"\"]: 2 > 3; " },
	{ "{\"ab\": 1}", "{\"a\": 1}", ".ab: 1 > -; .a: - > 1; " },
	/* Lists: in the middle, at both ends, and as a whole. */
	{ "[1, 2, 3]", "[1, 3]", "[1]: 2 > -; " },
	{ "[1, 3]", "[1, 2, 3]", "[1]: - > 2; " },
	{ "[]", "[1, 2]", "[0]: - > 1; [1]: - > 2; " },
	{ "[1]", "[]", "[0]: 1 > -; " },
	{ "[1, 1]", "[1]", "[1]: 1 > -; " },
	{ "[1, 1, 2]", "[2, 1, 1]", "[0]: 1 > 2; [2]: 2 > 1; " },
	{ "[1, 2, 3, 9]", "[1, 4, 9]", "[1]: 2 > -; [2]: 3 > -; [1]: - > 4; " },
	{ "[{\"a\": 1}, {\"a\": 2}]", "[{\"a\": 1}, {\"a\": 3}]",
	    "[1].a: 2 > 3; " },
	{ "[[1, 2], 3]", "[[1, 2, 4], 3]", "[0][2]: - > 4; " },
};

static int
note(void *arg, const struct json_change *c)
{
	char *out = arg;
	size_t n = strlen(out);

	snprintf(out + n, 400 - n, "%s: %.*s > %.*s; ", c->path,
	    c->before ? (int)c->before_len : 1, c->before ? c->before : "-",
	    c->after ? (int)c->after_len : 1, c->after ? c->after : "-");
	return 0;
}

static int
diff(const char *a, const char *b, int (*tell)(void *,
    const struct json_change *), void *arg)
{
	struct json_error e;
	struct json x, y;
	int err;

	ck_assert_int_eq(json_parse(&x, a, strlen(a), &e), 0);
	ck_assert_int_eq(json_parse(&y, b, strlen(b), &e), 0);
	err = json_diff(&x, &y, tell, arg);
	json_release(&x);
	json_release(&y);
	return err;
}

START_TEST(each_difference_is_told_with_its_place)
{
	char found[400] = "";

	ck_assert_int_eq(diff(cases[_i].a, cases[_i].b, note, found), 0);
	ck_assert_str_eq(found, cases[_i].wanted);
}
END_TEST

START_TEST(nothing_is_told_of_what_is_the_same)
{
	char found[400] = "";

	ck_assert_int_eq(diff(cases[_i].b, cases[_i].b, note, found), 0);
	ck_assert_str_eq(found, "");
}
END_TEST

static int
stop(void *arg, const struct json_change *c)
{
	(void)c;
	++*(int *)arg;
	return -ECANCELED;
}

START_TEST(who_is_told_can_end_it)
{
	int told = 0;

	ck_assert_int_eq(diff("[[1, 2], {\"a\": 1}]", "[[3, 4], {\"a\": 2}]",
	    stop, &told), -ECANCELED);
	ck_assert_int_eq(told, 1);
}
END_TEST

START_TEST(values_may_nest_as_deep_as_json_does)
{
	char a[2 * JSON_DEPTH + 2] = "", b[2 * JSON_DEPTH + 2] = "";
	char found[400] = "";

	memset(a, '[', JSON_DEPTH);
	memset(b, '[', JSON_DEPTH);
	a[JSON_DEPTH] = '1';
	b[JSON_DEPTH] = '2';
	memset(a + JSON_DEPTH + 1, ']', JSON_DEPTH);
	memset(b + JSON_DEPTH + 1, ']', JSON_DEPTH);
	ck_assert_int_eq(diff(a, b, note, found), 0);
	ck_assert(strncmp(found, "[0][0][0]", 9) == 0);
}
END_TEST

Suite *
json_diff_suite(void)
{
	Suite *s = suite_create("json_diff");
	TCase *c = tcase_create("json_diff");

	tcase_add_loop_test(c, each_difference_is_told_with_its_place, 0,
	    COUNT(cases));
	tcase_add_loop_test(c, nothing_is_told_of_what_is_the_same, 0,
	    COUNT(cases));
	tcase_add_test(c, who_is_told_can_end_it);
	tcase_add_test(c, values_may_nest_as_deep_as_json_does);
	suite_add_tcase(s, c);
	return s;
}
