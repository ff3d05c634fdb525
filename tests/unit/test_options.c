/*
 * What a user types: sizes and durations of options, and commands in pipe:
 * targets. Run by main.c.
 */
#include <errno.h>
#include <string.h>

#include "options.h"
#include "suites.h"
#include "words.h"

struct value {
	const char *text;
	uint64_t value;		/* BAD: refused */
};

#define BAD UINT64_MAX

static const struct value sizes[] = {
	{ "0", 0 }, { "1", 1 }, { "64K", 65536 }, { "64KiB", 65536 },
	{ "3M", 3 << 20 }, { "3MiB", 3 << 20 }, { "2G", UINT64_C(2) << 30 },
	{ "7B", 7 }, { "17179869183G", UINT64_C(17179869183) << 30 },
	{ "17179869184G", BAD }, { "18446744073709551616", BAD },
	{ "", BAD }, { "K", BAD }, { "-1", BAD }, { "+1", BAD }, { " 1", BAD },
	{ "1 K", BAD }, { "1k", BAD }, { "1KB", BAD }, { "1.5K", BAD },
	{ "0x10", BAD }, { "1KK", BAD },
};

static const struct value durations[] = {
	{ "0s", 0 }, { "350ms", 350000000 }, { "2s", 2000000000 },
	{ "7us", 7000 }, { "9ns", 9 }, { "1m", UINT64_C(60000000000) },
	{ "18446744073s", UINT64_C(18446744073000000000) },
	{ "18446744074s", BAD }, { "1", BAD }, { "", BAD }, { "s", BAD },
	{ "-1s", BAD }, { "1h", BAD }, { "1 s", BAD }, { "1.5s", BAD },
	{ "1S", BAD },
};

static void
must_be(int (*parse)(const char *, uint64_t *), const struct value *v)
{
	uint64_t got = 42;
	int err = parse(v->text, &got);

	ck_assert_msg(err == (v->value == BAD ? -EINVAL : 0), "\"%s\": %d",
	    v->text, err);
	/* What is refused leaves the option as it was. */
	ck_assert_uint_eq(got, err ? 42 : v->value);
}

START_TEST(a_size_is_a_number_with_a_unit_of_1024s)
{
	must_be(option_size, &sizes[_i]);
}
END_TEST

START_TEST(a_duration_needs_its_unit)
{
	must_be(option_duration, &durations[_i]);
}
END_TEST

struct split {
	const char *text;
	const char *words[5];	/* ended by NULL */
};

static const struct split splits[] = {
	{ "", { NULL } },
	{ " \t\n ", { NULL } },
	{ "rpcalld --stdio", { "rpcalld", "--stdio" } },
	{ "  a \t b\n", { "a", "b" } },
	{ "'a b' \"c d\"", { "a b", "c d" } },
	{ "a'b c'd", { "ab cd" } },
	{ "'' \"\"", { "", "" } },
	{ "\"it's\" 'say \"x\"'", { "it's", "say \"x\"" } },
	{ "a\\ b \\'c\\'", { "a b", "'c'" } },
	{ "'a\\b'", { "a\\b" } },
	{ "\"a\\\"b\\\\c\"", { "a\"b\\c" } },
	{ "$HOME * `x`", { "$HOME", "*", "`x`" } },
	{ "a\\", { "a\\" } },
};

START_TEST(a_command_splits_into_the_words_that_sh_would_see)
{
	const struct split *s = &splits[_i];
	char text[64], *words[WORDS_MAX];
	int n = 0;

	strcpy(text, s->text);
	while (s->words[n] != NULL)
		n++;
	ck_assert_int_eq(words_split(text, words), n);
	ck_assert_ptr_null(words[n]);
	for (int i = 0; i < n; i++)
		ck_assert_str_eq(words[i], s->words[i]);
}
END_TEST

START_TEST(a_backslash_in_double_quotes_quotes_only_what_sh_lets_it)
{
	char text[] = "\"a\\nb\\$c\"", *words[WORDS_MAX];

	ck_assert_int_eq(words_split(text, words), 1);
	ck_assert_str_eq(words[0], "a\\nb$c");
}
END_TEST

START_TEST(a_quote_that_is_not_closed_is_refused)
{
	char single[] = "a 'b", both[] = "a \"b'", *words[WORDS_MAX];

	ck_assert_int_eq(words_split(single, words), -EINVAL);
	ck_assert_int_eq(words_split(both, words), -EINVAL);
}
END_TEST

START_TEST(one_word_more_than_there_is_room_for_is_refused)
{
	char text[2 * WORDS_MAX + 1] = "", *words[WORDS_MAX];

	for (int i = 0; i < WORDS_MAX - 1; i++)
		strcat(text, "x ");
	ck_assert_int_eq(words_split(text, words), WORDS_MAX - 1);
	ck_assert_ptr_null(words[WORDS_MAX - 1]);
	text[0] = '\0';
	for (int i = 0; i < WORDS_MAX; i++)
		strcat(text, "x ");
	ck_assert_int_eq(words_split(text, words), -E2BIG);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *
options_suite(void)
{
	Suite *s = suite_create("options");
	TCase *t = tcase_create("options"), *w = tcase_create("words");

	tcase_add_loop_test(t, a_size_is_a_number_with_a_unit_of_1024s, 0,
	    COUNT(sizes));
	tcase_add_loop_test(t, a_duration_needs_its_unit, 0,
	    COUNT(durations));
	suite_add_tcase(s, t);
	tcase_add_loop_test(w,
	    a_command_splits_into_the_words_that_sh_would_see, 0,
	    COUNT(splits));
	tcase_add_test(w,
	    a_backslash_in_double_quotes_quotes_only_what_sh_lets_it);
	tcase_add_test(w, a_quote_that_is_not_closed_is_refused);
	tcase_add_test(w, one_word_more_than_there_is_room_for_is_refused);
	suite_add_tcase(s, w);
	return s;
}
