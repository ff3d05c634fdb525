/*
 * The front end at its limits: bounded work and memory, and one error. Run by
 * main.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "buf.h"
#include "idl/lex.h"
#include "idl/print.h"
#include "idl/source.h"
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
	ck_assert_uint_eq(idl_said.n, DIAGS_MAX);
	schema_free(s);
	free(text);
	diags_release(&idl_said);
}
END_TEST

/* before, n times the unit, after. In the unit its number stands for '@', the
 * next one's for '$'. */
static struct schema *
load_repeated(const char *before, const char *unit, unsigned n,
    const char *after)
{
	size_t len = strlen(unit) + 12;
	char *text = malloc(strlen(before) + n * len + strlen(after) + 1);
	char *p = stpcpy(text, before);
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
	struct schema *s = load_repeated("", "%#define A@ (A$+A$)\n", 30,
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
		{ "const A = 1", "+1", ";", "2,097,152 tokens", 1 << 20 },
		{ "", "const A = 1;", "", "131072 definitions",
		    SCHEMA_DEFS + 1 },
		{ "program P { version V { void A(", "int,", "", "1024 arg",
		    1025 },
		{ "program P { version V { ", "void A(void) = 1;", "",
		    "1024 proc", 1025 },
		{ "program P { ", "version V { void A(void) = 1; } = 1;", "",
		    "1024 vers", 1025 },
		{ "enum e { ", "A@,", "", "65536 names", SCHEMA_ITEMS + 1 },
		{ "union u switch (int d) { ", "case 1:", "", "65536 cases",
		    SCHEMA_ITEMS + 1 },
		{ "#include \"", "a", "\"", "#include needs", 256 },
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

START_TEST(macros_nest_to_a_limit)
{
	struct schema *s = load_repeated("", "#define A@ A$\n", INPUTS,
	    "const B = A0;");

	ck_assert_uint_eq(idl_said.count[DIAG_ERROR], 1);
	ck_assert_str_eq(idl_said.list[0].text, "macros nested too deep");
	schema_free(s);
}
END_TEST

START_TEST(constants_are_named_by_constants_to_a_limit)
{
	struct schema *s = load_repeated("", "const A@ = A$;", 33,
	    "const A33 = 7;");

	ck_assert_uint_eq(idl_said.n, 0);
	schema_free(s);
	s = load_repeated("", "const A@ = A$;", 34, "const A34 = 7;");
	ck_assert_uint_eq(idl_said.count[DIAG_ERROR], 1);
	ck_assert_str_eq(idl_said.list[0].text, "A1 is defined by itself, or "
	    "by more than 32 names in a row");
	schema_free(s);
}
END_TEST

/* The text, which includes "b": its n bytes. */
static unsigned
errors_with(const char *text, const char *b, size_t n)
{
	struct schema_text texts[] = { { "b", "b", b, n } };
	struct schema_options o = { .no_files = true, .texts = texts,
		.ntexts = 1 };
	struct schema *s = schema_new();

	diags_release(&idl_said);
	schema_load_text(s, "t.x", text, strlen(text), &o, &idl_said);
	schema_free(s);
	return idl_said.count[DIAG_ERROR];
}

START_TEST(includes_are_limited_in_depth_number_and_size)
{
	static const char line[] = "#include \"b\"\n";
	char many[SCHEMA_FILES * sizeof(line)] = "", *p = many;
	size_t left = SCHEMA_TEXT - strlen(line);
	char *blank = malloc(left + 1);

	ck_assert_uint_eq(errors_with(line, line, strlen(line)), 1);
	ck_assert_ptr_nonnull(strstr(idl_said.list[0].text, "16 deep"));
	for (int i = 1; i < SCHEMA_FILES; i++)
		p = stpcpy(p, line);
	ck_assert_uint_eq(errors_with(many, "", 0), 0);
	strcpy(p, line);
	ck_assert_uint_eq(errors_with(many, "", 0), 1);
	ck_assert_ptr_nonnull(strstr(idl_said.list[0].text, "64 files"));
	memset(blank, ' ', left + 1);
	ck_assert_uint_eq(errors_with(line, blank, left), 0);
	ck_assert_uint_eq(errors_with(line, blank, left + 1), 1);
	ck_assert_ptr_nonnull(strstr(idl_said.list[0].text, "4 MiB"));
	free(blank);
}
END_TEST

/* Without the limit it would take a stack frame or two for each. */
START_TEST(types_in_one_another_take_no_stack)
{
	const struct rlimit small = { 1 << 20, RLIM_INFINITY };
	struct schema *s;

	ck_assert_int_eq(setrlimit(RLIMIT_STACK, &small), 0);
	s = load_repeated("", "struct s@{s$ x;};", 60000,
	    "struct s60000 { int x; };");
	ck_assert_ptr_nonnull(strstr(idl_said.list[0].text, "64 deep"));
	schema_free(s);
}
END_TEST

/* In the order in which each finds the one within it measured. */
START_TEST(types_nest_to_a_limit_whatever_their_order)
{
	char text[SCHEMA_DEPTH * 32], *p = stpcpy(text, "struct s1 { int x; };");

	for (int i = 2; i <= SCHEMA_DEPTH; i++)
		p += sprintf(p, "struct s%d { s%d x; };", i, i - 1);
	schema_free(idl_load(text, false));
	ck_assert_uint_eq(idl_said.count[DIAG_ERROR], 1);
	ck_assert_ptr_nonnull(strstr(idl_said.list[0].text, "64 deep"));
	*strstr(text, "struct s64") = '\0';
	schema_free(idl_load(text, false));
	ck_assert_uint_eq(idl_said.n, 0);
}
END_TEST

START_TEST(least_sizes_do_not_overflow)
{
	struct schema *s = idl_load("typedef int a[4294967295]; typedef a "
	    "b[4294967295]; typedef b c[4294967295]; struct s { c x; c y; "
	    "c z; };", false);

	ck_assert_uint_eq(type_named(s, "c")->min_size, UINT64_MAX / 2);
	ck_assert_uint_eq(type_named(s, "s")->min_size, UINT64_MAX / 2);
	schema_free(s);
}
END_TEST

static void
print_all(const struct schema *s, struct buf *out)
{
	out->len = 0;
	for (size_t i = 0; i < s->ndefs; i++)
		ck_assert_int_eq(print_def(out, s->defs[i]), 0);
}

/* The memory ends at each of the places where some is taken. */
START_TEST(a_schema_without_memory_is_an_error_and_no_more)
{
	static const char text[] = "const A = 1; const B = \"b\"; enum e { X, "
	    "Y = A }; union u switch (e d) { case X: int a; default: u_int d; "
	    "}; typedef opaque o<A>; typedef o o2<>; typedef o o2<>; "
	    "typedef e *p; program P { version V { void N(int, o2) = 1; } = 1;"
	    " } = 2;\n#define M 1\n%#define C M\nconst D = M + 1;";
	struct schema_options o = { .no_files = true };
	struct schema *s = schema_new();
	struct buf whole = { 0 }, printed = { 0 };
	unsigned fits = 0;

	ck_assert_uint_eq(s->arena.limit, SCHEMA_MEMORY);
	ck_assert_int_eq(schema_load_text(s, "t.x", text, sizeof(text) - 1,
	    &o, &idl_said), 0);
	print_all(s, &whole);
	for (size_t taken = 65536; taken > 16; taken -= 16) {
		int err;

		schema_free(s);
		s = schema_new();
		s->arena.limit = 65536;
		ck_assert_ptr_nonnull(arena_alloc(&s->arena, taken));
		diags_release(&idl_said);
		err = schema_load_text(s, "t.x", text, sizeof(text) - 1, &o,
		    &idl_said);
		ck_assert_msg(err == 0 || err == -ENOMEM || strstr(
		    idl_said.list[0].text, "out of memory"), "%zu: %s", taken,
		    idl_said.list[0].text);
		fits += err == 0;
		if (err != 0)
			continue;
		print_all(s, &printed);
		ck_assert_uint_eq(printed.len, whole.len);
		ck_assert_mem_eq(printed.data, whole.data, whole.len);
	}
	ck_assert_uint_gt(fits, 1000);
	schema_free(s);
	buf_release(&whole);
	buf_release(&printed);
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
	    14);
	tcase_add_test(t, macros_nest_to_a_limit);
	tcase_add_test(t, constants_are_named_by_constants_to_a_limit);
	tcase_add_test(t, includes_are_limited_in_depth_number_and_size);
	tcase_add_test(t, types_in_one_another_take_no_stack);
	tcase_add_test(t, types_nest_to_a_limit_whatever_their_order);
	tcase_add_test(t, least_sizes_do_not_overflow);
	tcase_add_test(t, a_schema_without_memory_is_an_error_and_no_more);
	tcase_add_test(t, a_text_over_four_mebibytes_is_not_read);
	tcase_add_test(t, a_chain_of_a_hundred_thousand_names_resolves);
	suite_add_tcase(s, t);
	return s;
}
