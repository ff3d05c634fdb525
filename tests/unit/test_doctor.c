/*
 * What rpcall doctor shows: hints that a shell takes as they were meant, and
 * nothing that a terminal obeys. Run by main.c.
 */
#include <stdlib.h>
#include <string.h>

#include "doctor/diagnosis.h"
#include "suites.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static const struct {
	const char *text, *word;
} words[] = {
	{ "unix:/run/x.sock", "unix:/run/x.sock" },
	{ "rpc+tcp://127.0.0.1:111", "rpc+tcp://127.0.0.1:111" },
	{ "", "''" },
	{ "a b", "'a b'" },
	{ "it's", "'it'\\''s'" },
	{ "$(x);`y`|&<>*?[]~#", "'$(x);`y`|&<>*?[]~#'" },
	{ "pipe:rpcalld --stdio", "'pipe:rpcalld --stdio'" },
};

START_TEST(a_word_stays_one_word_of_sh)
{
	char out[64];

	ck_assert_str_eq(shell_word(words[_i].text, out, sizeof(out)),
	    words[_i].word);
}
END_TEST

START_TEST(a_word_that_does_not_fit_is_cut_and_closed)
{
	for (size_t size = 8; size < 40; size++) {
		char out[40];
		const char *word = shell_word("''''''''''''''''''''", out,
		    size);

		ck_assert_uint_lt(strlen(word), size);
		ck_assert_int_eq(word[0], '\'');
		ck_assert_int_eq(word[strlen(word) - 1], '\'');
	}
}
END_TEST

static char *
printed(const struct diagnosis *d, bool json)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(json ? diagnosis_json(out, d, "x\x1b") :
	    diagnosis_print(out, d, false), 0);
	fclose(out);
	return text;
}

START_TEST(findings_are_lines_with_their_hints_and_a_sum)
{
	struct diagnosis d = { 0 };
	char *text;

	diagnosis_hint(&d, "of nothing");
	diagnosis_add(&d, LEVEL_OK, "well");
	diagnosis_add(&d, LEVEL_WARN, "a\x1b[31m\nb");
	diagnosis_add(&d, LEVEL_FAIL, "%d", 7);
	diagnosis_hint(&d, "do %s", "this");
	text = printed(&d, false);
	ck_assert_str_eq(text, "ok    well\nwarn  a?[31m?b\nFAIL  7\n"
	    "      hint: do this\n"
	    "3 looked at: 1 ok, 1 warning, 1 failed\n");
	free(text);
	text = printed(&d, true);
	ck_assert_ptr_nonnull(strstr(text, "\"hint\": \"do this\""));
	ck_assert_ptr_nonnull(strstr(text, "\"failed\": 1"));
	ck_assert_ptr_null(strchr(text, '\x1b'));
	free(text);
	diagnosis_release(&d);
}
END_TEST

Suite *
doctor_suite(void)
{
	Suite *s = suite_create("doctor");
	TCase *c = tcase_create("doctor");

	tcase_add_loop_test(c, a_word_stays_one_word_of_sh, 0, COUNT(words));
	tcase_add_test(c, a_word_that_does_not_fit_is_cut_and_closed);
	tcase_add_test(c, findings_are_lines_with_their_hints_and_a_sum);
	suite_add_tcase(s, c);
	return s;
}
