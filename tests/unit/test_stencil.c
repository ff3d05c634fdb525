/*
 * Arguments with templates: what may be written, what is drawn, where it
 * goes; and the check that answers are held to. Run by main.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "idl/check.h"
#include "idl/codec.h"
#include "idl/schema.h"
#include "idl/stencil.h"
#include "suites.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static const char text[] =
    "enum e { X = 1, Y = 2 };"
    "struct numbers { int i; unsigned u; hyper h; unsigned hyper v; bool b; e e;"
    " float f; double d; char c; };"
    "struct texts { string s<8>; opaque o<8>; opaque p[4]; int z; };"
    "union u switch (e k) { case X: int n; case Y: void; };"
    "struct node { int a; node *next; }; typedef node *list;"
    "typedef quadruple q; typedef unsigned word; typedef string line<>;"
    "typedef opaque none[0]; typedef none nones[60000]; typedef none empty<>;"
    "struct tree { tree *down; int leaf; };";

static struct schema *schema;
static struct stencil stencil;
static struct draws draws;
static struct failure failure;
static uint8_t *room;

static const struct idl_type *
type(const char *name)
{
	struct schema_options o = { .no_files = true };
	struct diags d = { 0 };

	if (schema == NULL) {
		schema = schema_new();
		ck_assert_int_eq(schema_load_text(schema, "t", text,
		    sizeof(text) - 1, &o, &d), 0);
	}
	return schema_type(schema, name)->type;
}

static void
release(void)
{
	stencil_release(&stencil);
	free(room);
	room = NULL;
}

static int
make(const char *name, const char *json)
{
	const struct idl_type *t = type(name);
	struct codec c = { .types = &t, .n = 1, .what = "argument" };
	struct codec_options o = { .fill = &stencil.fill,
		.zero_fill = true };
	size_t len = strlen(json);
	int err;

	release();
	stencil_init(&stencil);
	memset(&failure, 0, sizeof(failure));
	draws = (struct draws){ .random = 7 };
	err = codec_encode(&c, &json, &len, 1, &o, &stencil.image, &failure);
	if (err == 0)
		err = stencil_finish(&stencil, &failure);
	if (err)
		return err;
	room = malloc(stencil.room + 1);
	memcpy(room, stencil.image.data, stencil.image.len);
	return 0;
}

/* The next arguments: their length, or what went wrong. */
static int
next(void)
{
	size_t len = 0;
	int err = stencil_next(&stencil, &draws, room, &len);

	return err ? err : (int)len;
}

static uint64_t
hyper_at(size_t at)
{
	return (uint64_t)be32_get(room + at) << 32 | be32_get(room + at + 4);
}

static const struct {
	const char *type, *json, *why;
} refused[] = {
	{ "word", "\"{{\"", "no template" },
	{ "word", "\"{{}}\"", "no template" },
	{ "word", "\"{{sequ}}\"", "no template" },
	{ "word", "\"{{seq\"", "\"}}\"" },
	{ "word", "\"{{seq}\"", "\"}}\"" },
	{ "word", "\"{{seq 1 2 3}}\"", "\"}}\"" },
	{ "word", "\"{{seq x}}\"", "whole number" },
	{ "word", "\"{{seq -}}\"", "whole number" },
	{ "word", "\"{{seq 18446744073709551616}}\"", "64 bits" },
	{ "word", "\"{{seq:0}}\"", "1 to 20 digits" },
	{ "word", "\"{{seq:21}}\"", "1 to 20 digits" },
	{ "word", "\"{{random}}\"", "write {{random N}}" },
	{ "word", "\"{{random 0}}\"", "no number to draw" },
	{ "word", "\"{{random 4 3}}\"", "no number to draw" },
	{ "word", "\"{{random -9223372036854775808 18446744073709551615}}\"",
	    "64 bits" },
	{ "word", "\"{{random -1 4}}\"", "does not hold" },
	{ "word", "\"{{random 4294967297}}\"", "does not hold" },
	{ "word", "\"{{seq 4294967296}}\"", "does not hold" },
	{ "word", "\"{{hex 4}}\"", "no number" },
	{ "word", "\"{{seq}} \"", "one template" },
	{ "word", "\"1{{seq}}\"", "one template" },
	{ "word", "\"{{{{\"", "no number" },
	{ "numbers", "{\"b\":\"{{random 3}}\"}", "does not hold" },
	{ "numbers", "{\"c\":\"{{random 129}}\"}", "does not hold" },
	{ "q", "\"{{seq}}\"", "no template goes here" },
	{ "line", "\"{{hex 0}}\"", "N from 1" },
	{ "line", "\"{{hex 65537}}\"", "N from 1" },
	{ "line", "\"{{random:3 -1 1}}\"", "no sign" },
	{ "texts", "{\"s\":\"{{hex 5}}\"}", "more than 8 bytes" },
	{ "texts", "{\"o\":\"{{hex 5}}\"}", "text:" },
	{ "texts", "{\"o\":\"base64:{{hex 5}}\"}", "text:" },
	{ "texts", "{\"o\":\"hex:{{seq}}\"}", "even count" },
	{ "texts", "{\"o\":\"hex:{{seq:3x}}\"}", "even count" },
	{ "texts", "{\"o\":\"hex:{{seq:4}}\"}", "even count" },
	{ "texts", "{\"o\":\"hex:{{uuid}}\"}", "even count" },
	{ "texts", "{\"o\":\"hex:1{{hex 1}}1\"}", "in pairs" },
	{ "texts", "{\"o\":\"hex:{{{{\"}", "even count" },
	{ "texts", "{\"p\":\"hex:{{hex 5}}\"}", "not the 4 bytes" },
	{ "texts", "{\"p\":\"text:{{seq}}\"}", "its length varies" },
	{ "u", "{\"k\":\"{{random 1 2}}\",\"n\":1}", "which case" },
};

START_TEST(what_no_template_may_be_is_refused_before_anything_is_drawn)
{
	const char *j = refused[_i].json;

	ck_assert_int_lt(make(refused[_i].type, j), 0);
	ck_assert_msg(strstr(failure.text, refused[_i].why) != NULL,
	    "%s: \"%s\" has no \"%s\"", j, failure.text, refused[_i].why);
	ck_assert_ptr_nonnull(strchr(failure.excerpt, '^'));
	release();
}
END_TEST

START_TEST(numbers_are_drawn_in_place_for_every_kind_of_number)
{
	ck_assert_int_eq(make("numbers", "{\"i\":\"{{random -3 3}}\","
	    "\"u\":\"{{seq 5}}\",\"h\":\"{{seq -1 -2}}\","
	    "\"v\":\"{{random 18446744073709551615}}\",\"b\":\"{{random 2}}\","
	    "\"e\":\"{{random 1 2}}\",\"f\":\"{{seq}}\",\"d\":\"{{seq 2}}\","
	    "\"c\":\"{{random -128 127}}\"}"), 0);
	for (uint32_t n = 0; n < 300; n++) {
		int32_t i, c;
		uint32_t f;
		float real = (float)n;

		ck_assert_int_eq(next(), 48);
		i = (int32_t)be32_get(room);
		c = (int32_t)be32_get(room + 44);
		ck_assert(i >= -3 && i <= 3 && c >= -128 && c <= 127);
		ck_assert_uint_eq(be32_get(room + 4), 5 + n);
		ck_assert(hyper_at(8) == (uint64_t)(-1 - 2 * (int64_t)n));
		ck_assert_uint_le(be32_get(room + 24), 1);
		ck_assert(be32_get(room + 28) - 1 <= 1);
		memcpy(&f, &real, sizeof(f));
		ck_assert_uint_eq(be32_get(room + 32), f);
	}
	release();
}
END_TEST

START_TEST(every_value_of_a_range_is_drawn_and_no_other)
{
	unsigned seen[7] = { 0 };

	ck_assert_int_eq(make("word", "\"{{random 10 16}}\""), 0);
	for (int n = 0; n < 1000; n++) {
		ck_assert_int_eq(next(), 4);
		ck_assert_uint_lt(be32_get(room) - 10, 7);
		seen[be32_get(room) - 10]++;
	}
	for (int i = 0; i < 7; i++)
		ck_assert_uint_gt(seen[i], 50);
	release();
}
END_TEST

START_TEST(the_same_seed_draws_the_same_and_another_does_not)
{
	uint8_t first[64];

	for (int turn = 0; turn < 3; turn++) {
		ck_assert_int_eq(make("line",
		    "\"{{hex 8}} {{uuid}} {{random:3 1000}}\""), 0);
		draws.random = turn < 2 ? 1 : 2;
		ck_assert_int_eq(next(), 60 + 4);
		if (turn == 0)
			memcpy(first, room, sizeof(first));
		ck_assert_int_eq(memcmp(first, room, sizeof(first)) == 0,
		    turn < 2);
	}
	release();
}
END_TEST

START_TEST(a_seq_that_no_longer_fits_is_an_error_and_names_its_place)
{
	ck_assert_int_eq(make("word", "\"{{seq 4294967294}}\""), 0);
	ck_assert_int_eq(next(), 4);
	ck_assert_int_eq(next(), 4);
	ck_assert_uint_eq(be32_get(room), UINT32_MAX);
	ck_assert_int_eq(next(), -ERANGE);
	ck_assert_ptr_nonnull(strstr(stencil.wrong, "argument"));
	ck_assert_int_eq(make("line", "\"{{seq:1 9}}\""), 0);
	ck_assert_int_eq(next(), 8);
	ck_assert_int_eq(next(), -ERANGE);
	ck_assert_int_eq(make("texts", "{\"s\":\"{{seq 99999999}}\",\"o\":"
	    "\"hex:\",\"p\":\"hex:01020304\",\"z\":1}"), 0);
	ck_assert_int_gt(next(), 0);
	ck_assert_int_eq(next(), -ERANGE);
	ck_assert_ptr_nonnull(strstr(stencil.wrong, ".s"));
	release();
}
END_TEST

START_TEST(texts_of_any_length_move_what_follows_them)
{
	static const uint8_t first[] = { 0, 0, 0, 3, 'k', '-', '9', 0,
		0, 0, 0, 4, 0xab, 0, 9, 0xcd, 'p', '0', '0', '9', 0, 0, 0, 5 };
	static const uint8_t second[] = { 0, 0, 0, 4, 'k', '-', '1', '0',
		0, 0, 0, 4, 0xab, 0, 10, 0xcd, 'p', '0', '1', '0', 0, 0, 0, 5 };

	ck_assert_int_eq(make("texts", "{\"s\":\"k-{{seq 9}}\",\"o\":"
	    "\"hex:ab{{seq:4x 9}}cd\",\"p\":\"text:p{{seq:3 9}}\",\"z\":5}"),
	    0);
	ck_assert_int_eq(next(), sizeof(first));
	ck_assert_int_eq(memcmp(room, first, sizeof(first)), 0);
	ck_assert_int_eq(next(), sizeof(second));
	ck_assert_int_eq(memcmp(room, second, sizeof(second)), 0);
	release();
}
END_TEST

START_TEST(a_text_of_one_length_is_patched_and_padded_with_zeros)
{
	ck_assert_int_eq(make("texts", "{\"s\":\"a{{{{{{seq:2}}\",\"o\":"
	    "\"hex:{{hex 3}}\",\"p\":\"hex:{{hex 4}}\",\"z\":\"{{seq}}\"}"), 0);
	ck_assert(!stencil.varies);
	for (uint32_t n = 0; n < 3; n++) {
		ck_assert_int_eq(next(), 4 + 8 + 4 + 4 + 4 + 4);
		ck_assert_uint_eq(be32_get(room), 5);
		ck_assert_int_eq(memcmp(room + 4, "a{{0", 4), 0);
		ck_assert_uint_eq(room[8], '0' + n);
		ck_assert_uint_eq(room[9] | room[10] | room[11], 0);
		ck_assert_uint_eq(be32_get(room + 12), 3);
		ck_assert_uint_eq(room[19], 0);
		ck_assert_uint_eq(be32_get(room + 24), n);
	}
	release();
}
END_TEST

START_TEST(without_templates_the_arguments_stay_as_they_are)
{
	ck_assert_int_eq(make("list", "[{\"a\":1},{\"a\":2}]"), 0);
	ck_assert_uint_eq(stencil.nholes, 0);
	ck_assert_int_eq(next(), 20);
	ck_assert_int_eq(next(), 20);
	ck_assert_int_eq(make("list", "[{\"a\":\"{{seq}}\"},{\"a\":2}]"), 0);
	ck_assert_int_eq(next(), 20);
	ck_assert_int_eq(next(), 20);
	ck_assert_uint_eq(be32_get(room + 4), 1);
	release();
}
END_TEST

static const struct {
	const char *type;
	uint8_t data[24];
	size_t len;
	int used;		/* or -1: it is none */
} checked[] = {
	{ "word", { 1, 2, 3, 4, 5 }, 5, 4 },
	{ "word", { 1, 2, 3 }, 3, -1 },
	{ "line", { 0, 0, 0, 3, 'a', 'b', 'c', 1 }, 8, 8 },
	{ "line", { 0, 0, 0, 3, 'a', 'b', 'c' }, 7, -1 },
	{ "line", { 0xff, 0xff, 0xff, 0xff, 'a' }, 8, -1 },
	{ "u", { 0, 0, 0, 1, 0, 0, 0, 9 }, 8, 8 },
	{ "u", { 0, 0, 0, 2 }, 4, 4 },
	{ "u", { 0, 0, 0, 3 }, 4, -1 },
	{ "list", { 0, 0, 0, 0 }, 4, 4 },
	{ "list", { 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0 }, 12, 12 },
	{ "list", { 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 2 }, 12, -1 },
	{ "list", { 0, 0, 0, 1, 0, 0, 0, 9 }, 8, -1 },
	{ "nones", { 0 }, 0, 0 },
	{ "empty", { 0, 1, 0, 0 }, 4, 4 },	/* VALUE_EMPTY elements */
	{ "empty", { 0, 1, 0, 1 }, 4, -1 },
};

START_TEST(an_answer_is_held_against_its_type)
{
	size_t at = 0;
	int err = value_check(type(checked[_i].type), checked[_i].data,
	    checked[_i].len, &at);

	ck_assert_int_eq(err == 0 ? (int)at : -1, checked[_i].used);
}
END_TEST

/* n pointers that are there, then one that is not, then the leaves. */
static int
check_tree(size_t n)
{
	uint8_t *data = calloc(2 * n + 2, 4);
	size_t at = 0;
	int err;

	for (size_t i = 0; i < n; i++)
		data[4 * i + 3] = 1;
	err = value_check(type("tree"), data, 4 * (2 * n + 2), &at);
	free(data);
	return err;
}

START_TEST(an_answer_nests_to_its_limit_and_no_deeper)
{
	ck_assert_int_eq(check_tree(VALUE_DEPTH / 2 - 1), 0);
	ck_assert_int_eq(check_tree(VALUE_DEPTH + 1), -EBADMSG);
}
END_TEST

Suite *
stencil_suite(void)
{
	Suite *s = suite_create("stencil");
	TCase *t = tcase_create("stencil");

	tcase_add_loop_test(t,
	    what_no_template_may_be_is_refused_before_anything_is_drawn, 0,
	    COUNT(refused));
	tcase_add_test(t,
	    numbers_are_drawn_in_place_for_every_kind_of_number);
	tcase_add_test(t, every_value_of_a_range_is_drawn_and_no_other);
	tcase_add_test(t, the_same_seed_draws_the_same_and_another_does_not);
	tcase_add_test(t,
	    a_seq_that_no_longer_fits_is_an_error_and_names_its_place);
	tcase_add_test(t, texts_of_any_length_move_what_follows_them);
	tcase_add_test(t,
	    a_text_of_one_length_is_patched_and_padded_with_zeros);
	tcase_add_test(t, without_templates_the_arguments_stay_as_they_are);
	tcase_add_loop_test(t, an_answer_is_held_against_its_type, 0,
	    COUNT(checked));
	tcase_add_test(t, an_answer_nests_to_its_limit_and_no_deeper);
	suite_add_tcase(s, t);
	return s;
}
