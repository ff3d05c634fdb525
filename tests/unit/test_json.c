/*
 * The JSON reader: what it refuses, its limits, escapes. Run by main.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "idl/json.h"
#include "suites.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static const char *const bad_json[] = {
	"", " ", "{", "[", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}",
	"01", "-", "1.", ".5", "1e", "+1", "nul", "True", "\"", "\"\\x\"",
	"\"\\u12\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\x01\"",
	"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "1 2", "[1}", "// 1\n1",
	"NaN", "'a'", ("\xef\xbb\xbf" "1"),
};

START_TEST(what_is_no_json_is_refused)
{
	struct json_error e;
	struct json j;

	ck_assert_msg(json_parse(&j, bad_json[_i], strlen(bad_json[_i]),
	    &e) == -EBADMSG, "%s", bad_json[_i]);
	ck_assert_ptr_nonnull(e.what);
	ck_assert_uint_le(e.at, strlen(bad_json[_i]));
}
END_TEST

START_TEST(json_nests_to_its_limit_and_no_deeper)
{
	char deep[2 * JSON_DEPTH + 3];
	struct json_error e;
	struct json j;

	memset(deep, '[', JSON_DEPTH);
	memset(deep + JSON_DEPTH, ']', JSON_DEPTH);
	ck_assert_int_eq(json_parse(&j, deep, 2 * JSON_DEPTH, &e), 0);
	ck_assert_uint_eq(j.n, JSON_DEPTH);
	json_release(&j);
	memset(deep, '[', JSON_DEPTH + 1);
	memset(deep + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
	ck_assert_int_eq(json_parse(&j, deep, 2 * JSON_DEPTH + 2, &e),
	    -EBADMSG);
	ck_assert_uint_eq(e.at, JSON_DEPTH);
}
END_TEST

START_TEST(a_json_text_has_so_many_bytes_and_values_at_most)
{
	size_t len = (size_t)JSON_TEXT + 1;
	char *json = calloc(len, 1);
	struct json_error e;
	struct json j;

	/* It is not even looked at. */
	ck_assert_int_eq(json_parse(&j, json, len, &e), -EBADMSG);
	ck_assert_str_eq(e.what, "more than 64 MiB");
	ck_assert_int_eq(json_parse(&j, json, len - 1, &e), -EBADMSG);
	ck_assert_str_eq(e.what, "not a value");
	/* The array is one, too. */
	for (uint32_t i = 0; i < JSON_TOKENS; i++)
		memcpy(json + 2 * i, i ? ",1" : "[1", 2);
	len = 2 * (size_t)JSON_TOKENS;
	json[len++] = ']';
	ck_assert_int_eq(json_parse(&j, json, len, &e), -EBADMSG);
	ck_assert_str_eq(e.what, "more than 4,194,304 values");
	free(json);
}
END_TEST

START_TEST(escapes_stand_for_their_bytes)
{
	static const char escaped[] =
	    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\\u0000x\"";
	static const char wanted[] =
	    "\"\\/\b\f\n\r\t\xc3\xa4\xf0\x9f\x98\x80\0x";
	struct json_error e;
	struct json j;
	struct buf out = { 0 };

	ck_assert_int_eq(json_parse(&j, escaped, strlen(escaped), &e), 0);
	ck_assert_int_eq(json_string(&j, j.tokens, &out), 0);
	ck_assert_mem_eq(out.data, wanted, sizeof(wanted) - 1);
	ck_assert_uint_eq(out.len, sizeof(wanted) - 1);
	buf_release(&out);
	json_release(&j);
}
END_TEST

Suite *
json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, what_is_no_json_is_refused, 0, COUNT(bad_json));
	tcase_add_test(t, json_nests_to_its_limit_and_no_deeper);
	tcase_add_test(t,
	    a_json_text_has_so_many_bytes_and_values_at_most);
	tcase_add_test(t, escapes_stand_for_their_bytes);
	suite_add_tcase(s, t);
	return s;
}
