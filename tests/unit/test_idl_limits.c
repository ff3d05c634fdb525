/*
 * The front end at its limits: bounded work and memory, and one error. Run by
 * main.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl_text.h"
#include "suites.h"

/* Holding types against one another ends, too. */
START_TEST(many_second_definitions_of_a_large_type_take_bounded_work)
{
	size_t size = 4 << 20;
	char *text = malloc(size), *p = text;
	struct schema *s;

	p = stpcpy(p, "struct a { ");
	for (int i = 0; i < 1000; i++) {
		p = stpcpy(p, "struct { ");
		for (int k = 0; k < 30; k++)
			p += sprintf(p, "int a%d;", k);
		p += sprintf(p, "} b%d;", i);
	}
	p = stpcpy(p, "};");
	for (int i = 0; i < 40000; i++)
		p = stpcpy(p, "struct a { int x; };");
	s = idl_load(text, false);
	ck_assert_uint_eq(idl_said.count[DIAG_ERROR], 40000);
	schema_free(s);
	free(text);
	diags_release(&idl_said);
}
END_TEST

/* before, n times the unit, after. */
static struct schema *
load_repeated(const char *before, const char *unit, unsigned n,
    const char *after)
{
	size_t len = strlen(unit);
	char *text = malloc(strlen(before) + (size_t)n * len +
	    strlen(after) + 1), *p;
	struct schema *s;

	p = stpcpy(text, before);
	for (unsigned i = 0; i < n; i++)
		p = mempcpy(p, unit, len);
	strcpy(p, after);
	s = idl_load(text, false);
	free(text);
	return s;
}

/* The unit n times, each with its number for '@' and the next one's for '$',
 * then after. */
static struct schema *
load_numbered(const char *unit, unsigned n, const char *after)
{
	char *text = malloc(n * (8 * strlen(unit)) + strlen(after) + 1);
	char *p = text;
	struct schema *s;

	for (unsigned i = 0; i < n; i++)
		for (const char *c = unit; *c != '\0'; c++)
			if (*c == '@' || *c == '$')
				p += sprintf(p, "%u", i + (*c == '$'));
			else
				*p++ = *c;
	strcpy(p, after);
	s = idl_load(text, false);
	free(text);
	return s;
}

static const struct idl_type *
type_named(const struct schema *s, const char *name)
{
	const struct idl_def *d = schema_type(s, name);

	ck_assert_ptr_nonnull(d);
	return type_real(d->type);
}

START_TEST(macros_for_c_that_name_the_next_one_twice_take_bounded_work)
{
	struct schema *s = load_numbered("%#define A@ (A$+A$)\n", 30,
	    "%#define A30 1\ntypedef opaque o<A0>;");

	ck_assert_uint_eq(idl_said.n, 0);
	ck_assert_uint_eq(type_named(s, "o")->max, 1 << 30);
	schema_free(s);
}
END_TEST

/* Names are left that stand for nothing: none of them is looked into. */
START_TEST(a_limit_met_after_the_parsing_is_one_error)
{
	static const struct {
		const char *before, *unit, *after, *error;
		unsigned n;
	} late[] = {
		{ "typedef opaque o<A>; typedef o p; typedef foo q;\n"
		    "%#define A 1", "+1", "\n", "2,097,152 tokens", 1 << 20 },
		{ "typedef int a;", "typedef int a;", "typedef u_int b;"
		    "typedef b c;", "131072 types", SCHEMA_DEFS - 3 },
	};
	struct schema *s = load_repeated(late[_i].before, late[_i].unit,
	    late[_i].n, late[_i].after);

	ck_assert_uint_eq(idl_said.count[DIAG_ERROR], 1);
	ck_assert_ptr_nonnull(strstr(idl_said.list[0].text, late[_i].error));
	schema_free(s);
}
END_TEST

START_TEST(each_limit_is_one_error_and_ends_the_parsing)
{
	static const struct {
		const char *before, *unit, *after, *error;
		unsigned over;
	} limits[] = {
		{ "struct s ", "{ struct ", "{ int x; ", "64 deep", 65 },
		{ "const A = ", "(", "1", "32 deep", 33 },
		{ "struct s { ", "int x; ", "", "1024 members", 1025 },
		{ "const A = B", "B", ";", "255 bytes", 255 },
		{ "", "#if 1\n", "", "64 deep", 65 },
		{ "", "% \n", "const A = 1 1;", "expected \";\"", 9 },
	};
	struct schema *s = load_repeated(limits[_i].before, limits[_i].unit,
	    limits[_i].over, limits[_i].after);
	const struct diag *last = &idl_said.list[idl_said.n - 1];

	ck_assert_uint_ge(idl_said.n, 1);
	ck_assert_msg(strstr(last->text, limits[_i].error) != NULL, "%s",
	    last->text);
	schema_free(s);
}
END_TEST

START_TEST(a_text_over_four_mebibytes_is_not_read)
{
	struct schema_options o = { .no_files = true };
	struct schema *s = schema_new();
	char *text = calloc(1, SCHEMA_TEXT + 1);

	memset(text, ' ', SCHEMA_TEXT + 1);
	ck_assert_int_eq(schema_load_text(s, "t.x", text, SCHEMA_TEXT + 1, &o,
	    &idl_said), -EFBIG);
	ck_assert_int_eq(schema_load_text(s, "t.x", text, SCHEMA_TEXT, &o,
	    &idl_said), 0);
	free(text);
	schema_free(s);
}
END_TEST

START_TEST(a_chain_of_a_hundred_thousand_names_resolves)
{
	size_t size = 100000 * 32;
	char *text = malloc(size), *p = text;
	struct schema *s;

	for (int i = 0; i < 100000; i++)
		p += sprintf(p, "typedef a%d a%d;\n", i + 1, i);
	strcpy(p, "typedef int a100000;");
	s = idl_load(text, false);
	ck_assert_uint_eq(idl_said.n, 0);
	ck_assert_int_eq(type_real(schema_type(s, "a0")->type)->kind,
	    TYPE_INT);
	schema_free(s);
	free(text);
}
END_TEST

Suite *
idl_limits_suite(void)
{
	Suite *s = suite_create("idl_limits");
	TCase *t = tcase_create("idl_limits");

	tcase_set_timeout(t, 60);
	tcase_add_test(t,
	    many_second_definitions_of_a_large_type_take_bounded_work);
	tcase_add_test(t,
	    macros_for_c_that_name_the_next_one_twice_take_bounded_work);
	tcase_add_loop_test(t, a_limit_met_after_the_parsing_is_one_error, 0,
	    2);
	tcase_add_loop_test(t, each_limit_is_one_error_and_ends_the_parsing, 0,
	    6);
	tcase_add_test(t, a_text_over_four_mebibytes_is_not_read);
	tcase_add_test(t, a_chain_of_a_hundred_thousand_names_resolves);
	suite_add_tcase(s, t);
	return s;
}
