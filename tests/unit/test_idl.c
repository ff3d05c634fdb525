/*
 * The front end for .x files: what it takes, what it refuses and where, and
 * what the types come out as. Run by main.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "idl/print.h"
#include "idl_text.h"
#include "suites.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

struct diags idl_said;

struct schema *
idl_load(const char *text, bool rpcgen)
{
	struct schema_options o = { .no_files = true, .rpcgen = rpcgen };
	struct schema *s = schema_new();

	diags_release(&idl_said);
	ck_assert_ptr_nonnull(s);
	schema_load_text(s, "t.x", text, strlen(text), &o, &idl_said);
	return s;
}

/* Sound texts. */
static const char *const sound[] = {
	"", "/* nothing */ % not read {{{\n",
	"%#include <rpc/rpc.h>\nconst A = 0x1F; const B = 017; const C = -1;",
	"const A = 1; const B = A; const C = (A + 3) * 2 << 1 | ~0 & 7;",
	"typedef opaque o[4]; typedef opaque p<>; typedef string s<9>;",
	"typedef unsigned u; typedef unsigned int a<>; typedef hyper b[2];",
	"typedef unsigned hyper a; typedef float b; typedef double c;",
	"typedef quadruple q; typedef bool b; typedef char c; typedef long l;",
	"typedef unsigned short s; typedef unsigned char c;",
	"enum e { A, B = 5, C }; typedef e f; typedef enum e g;",
	"enum e { A = 1, B = 1 };",
	"enum e { A = B, B = 2 };",
	"struct s { int a; struct { enum { X, Y } b; } c; s *next; };",
	"union u switch (int d) { case 1: case 2: int a; default: void; };",
	"union u switch (bool d) { case TRUE: int a; case FALSE: void; };",
	"struct s { union switch (unsigned int d) { case 1: int a; } u; };",
	"struct s { t x; }; typedef t2 t; typedef int t2;",
	"typedef struct a *list; struct a { int x; list next; };",
	"typedef struct s s; struct s { int x; };",
	"struct s { opaque x<LATER>; }; const LATER = 7;",
	"#define N 5\n#define M (N * 2)\ntypedef opaque x[M];",
	"#ifdef RPC_HDR\nconst A = 1;\n#else\nbroken\n#endif\n",
	"#if defined(X) || (1 < 2 && !RPC_XDR)\nconst A=1;\n#elif x\n%\n#endif",
	"#define A A\n#define B C\n#define C B\nconst A = 1; const B = A;",
	"#if 0\n#if 1\n#else\n#endif\nbroken /* \n#endif */\n#endif\n",
	"#define A \\\n 5\nconst B = A;\n#undef A\nconst A = 1;\n",
	"%#define LEN 16 + 1\ntypedef string s<LEN>;",
	"const A = 1; const A = 1;", "const A = \"text\";",
	"const A = 0xffffffffffffffff; const A = 18446744073709551615; "
	    "const B = A; const C = A - 1; const D = -9223372036854775807;",
	"typedef int a<3>; typedef int a<3>; struct s { a x; }; struct s { "
	    "a x; }; typedef struct s *p; typedef struct s *p;",
	"const A = B; const C = A; typedef opaque o[C]; typedef string s<A>;",
	"union u switch (uint32_t f) { case AUTH_NONE: void; case AUTH_SYS: "
	    "authsys_parms p; case RPCSEC_GSS: int g; };",
	"const A = 'a'; typedef netobj n; typedef u_int32_t m;",
	"// one line\nconst A = 1; // another",
	"namespace a { namespace b { const A = 1; } }",
	"program P { version V { void N(void) = 0; string F(string) = 1; "
	    "int G(int, unsigned hyper x) = 2; o H(opaque<>) = 3; "
	    "struct s I(s) = 4; } = 1; version W { void N2(void) = 0; } = 2; "
	    "} = 0x20000001; struct s { int a; }; typedef opaque o[3];",
	("program P { version V { void A(void) = 5; } = 1; version W { "
	    "void B(void) = A; } = 2; } = 7;"),
};

START_TEST(a_sound_text_gives_no_error)
{
	struct schema *s = idl_load(sound[_i], false);

	ck_assert_msg(idl_said.count[DIAG_ERROR] == 0, "%s: %s", sound[_i],
	    idl_said.n ? idl_said.list[0].text : "");
	schema_free(s);
}
END_TEST

struct wrong {
	const char *text, *error;	/* a part of the first error */
	unsigned line, column;
};

static const struct wrong wrongs[] = {
	{ "const A = ;", "expected a number", 1, 11 },
	{ "struct s {\n\tint x\n};", "expected \";\"", 3, 1 },
	{ "struct s { };", "expected a type", 1, 12 },
	{ "typedef string s;", "expected \"<\"", 1, 17 },
	{ "typedef opaque s;", "expected \"<\" or \"[\"", 1, 17 },
	{ "typedef string s[3];", "no fixed length", 1, 17 },
	{ "typedef int a[2][3];", "needs a typedef", 1, 17 },
	{ "typedef void v;", "void is for", 1, 9 },
	{ "typedef int version;", "expected a name", 1, 13 },
	{ "typedef foo foo;", "by itself", 1, 9 },
	{ "typedef a b; typedef b a;", "by itself", 1, 9 },
	{ "struct s { int a; s b; };", "contains itself", 1, 10 },
	{ "struct s { t b[2]; }; union t switch (int d) { case 1: s x; };",
	    "contains itself", 1, 10 },
	{ "struct s { int a; int a; };", "second member a", 1, 23 },
	{ "typedef int a; typedef unsigned a;", "defined twice", 1, 33 },
	{ "struct s { int a; }; struct s { int b; };", "defined twice", 1,
	    29 },
	{ "struct s { int a; }; typedef int s;", "defined twice", 1, 34 },
	{ "enum e { A = 0xffffffffffffffff };", "does not fit 32 bits", 1,
	    14 },
	{ "enum e { A = 0x7fffffffffffffff, B };", "does not fit 32", 1, 14 },
	{ "enum e { A = B, C, D }; const B = 0x7fffffffffffffff;",
	    "A does not fit 32", 1, 14 },
	{ "const A = 0xffffffffffffffff; typedef opaque o[A];",
	    "a length has to be", 1, 48 },
	{ "union u switch (int d) { case 0xffffffffffffffff: void; };",
	    "cannot be 18446744073709551615", 1, 31 },
	{ "program P { version V { void A(void) = 0; } = 1; } = "
	    "0xffffffffffffffff;", "from 0 to", 1, 54 },
	{ "const A = 1; const A = 2;", "defined twice", 1, 20 },
	{ "enum a { X }; enum b { X };", "defined twice", 1, 24 },
	{ "const A = A;", "A is defined by itself", 1, 11 },
	{ "const A = B; const B = A;", "B is defined by itself", 1, 11 },
	{ "const A = -18446744073709551615;", "64 bits", 1, 11 },
	{ "program P { version V { void A(void) = B; } = 1; } = 2;",
	    "not defined", 1, 40 },
	{ "const A = 1 / 0;", "division by zero", 1, 13 },
	{ "const A = 1 << 63;", "shift", 1, 13 },
	{ "const A = 18446744073709551616;", "64 bits", 1, 11 },
	{ "const A = 18446744073709551615 * 2;", "64 bits", 1, 32 },
	{ "const A = 12ab;", "number that is none", 1, 11 },
	{ "typedef opaque o<-1>;", "a length has to be", 1, 18 },
	{ "typedef opaque o[4294967296];", "a length has to be", 1, 18 },
	{ "enum e { A = 4294967296 };", "does not fit 32 bits", 1, 14 },
	{ "union u switch (hyper d) { case 1: int a; };", "discriminant", 1,
	    23 },
	{ "union u switch (bool d) { case 2: int a; };", "cannot be 2", 1,
	    32 },
	{ "union u switch (int d) { case 1: int a; case 1: int b; };",
	    "second case 1", 1, 46 },
	{ "union u switch (int d) { default: int a; default: int b; };",
	    "second default", 1, 42 },
	{ "union u switch (int d) { int a; };", "expected case", 1, 26 },
	{ "program P { version V { void A(void) = 0; void B(void) = 0; } = 1; "
	    "} = 2;", "another procedure's number", 1, 48 },
	{ "program P { version V { void A(void) = 0; } = 1; version W { void "
	    "A(void) = 0; } = 1; } = 2;", "another version's number", 1, 58 },
	{ "program P { version V { void A(void) = -1; } = 1; } = 2;",
	    "from 0 to", 1, 40 },
	{ "/* open", "comment that does not end", 1, 1 },
	{ "const A = \"open\n;", "quote that is not closed", 1, 11 },
	{ "#if 1\nconst A = 1;\n", "without its #endif", 1, 2 },
	{ "#endif\n", "without #if", 1, 2 },
	{ "#include \"other.x\"\n", "may not include", 1, 10 },
	{ "#define F(x) x\nconst A = F(1);", "macros with arguments", 2, 11 },
	{ "\xc3\xa4 \x01 x", "expected a definition", 1, 1 },
	{ "int x;", "expected a definition", 1, 1 },
};

START_TEST(an_error_says_what_is_wrong_and_where)
{
	const struct wrong *w = &wrongs[_i];
	struct schema *s = idl_load(w->text, false);

	ck_assert_msg(idl_said.count[DIAG_ERROR] > 0, "%s", w->text);
	ck_assert_msg(strstr(idl_said.list[0].text, w->error) != NULL,
	    "%s: \"%s\"", w->text, idl_said.list[0].text);
	ck_assert_msg(idl_said.list[0].excerpt.line == w->line &&
	    idl_said.list[0].excerpt.column == w->column, "%s: at %u:%u", w->text,
	    idl_said.list[0].excerpt.line, idl_said.list[0].excerpt.column);
	schema_free(s);
}
END_TEST

START_TEST(several_errors_are_found_in_one_run)
{
	struct schema *s = idl_load("struct s {\n\tint x\n\tint y;\n};\n"
	    "const A = ;\nenum e { A = 1, 2 };\nstruct ok { int a; };\n"
	    "union u switch (int a) { case 1 int x; };\nfoo bar;\n", false);
	static const unsigned lines[] = { 3, 5, 6, 8, 9 };

	ck_assert_uint_eq(idl_said.n, 5);
	for (unsigned i = 0; i < idl_said.n; i++)
		ck_assert_uint_eq(idl_said.list[i].excerpt.line, lines[i]);
	schema_free(s);
}
END_TEST

/* What rpcgen makes of sound texts: each tried with rpcgen 1.4.3. */
static const char *const refused[] = {
	"struct s { struct { int a; } b; };", "// comment\n",
	"const A = 1 + 2;", "enum e { A = 1, };", "typedef quadruple q;",
	"typedef opaque bytes<>;", "struct array { int x; };",
	"struct s { bool b[3]; };", "struct s { int register; };",
	"union u switch (int d) { default: void; case 1: int y; };",
	"program P { version V { int F(int, int) = 1; } = 1; } = 3;",
	"namespace n { const A = 1; }",
	"%#define A (1 +\\\n 1)\nconst B = 1;",
	"typedef int a<3>; typedef int a<3>;",
	"struct s { int a; }; struct s { int a; };",
	"union u switch (int d) { case 1: int y; case 2: int y; };",
};

START_TEST(what_rpcgen_refuses_is_told)
{
	struct schema *s = idl_load(refused[_i], true);

	ck_assert_msg(idl_said.count[DIAG_ERROR] == 0 &&
	    idl_said.count[DIAG_RPCGEN] == 1, "%s", refused[_i]);
	schema_free(s);
	/* Who does not use rpcgen is not told. */
	s = idl_load(refused[_i], false);
	ck_assert_uint_eq(idl_said.n, 0);
	schema_free(s);
}
END_TEST

static const char *const accepted[] = {
	"typedef bool b[3]; struct s { bool b<3>; int version_; };",
	"const A = -1; enum e { X, Y = 3 }; typedef unsigned u;",
	"union u switch (int d) { case 'a': int s[4]; default: void; };",
	"program P { version V { string F(string) = 1; } = 1; } = 3;",
};

START_TEST(what_rpcgen_takes_is_not_complained_about)
{
	struct schema *s = idl_load(accepted[_i], true);

	ck_assert_msg(idl_said.n == 0, "%s: %s", accepted[_i],
	    idl_said.n ? idl_said.list[0].text : "");
	schema_free(s);
}
END_TEST

START_TEST(what_is_defined_from_outside_is_as_if_the_file_did)
{
	static const char *const define[] = { "LEN=16", "NEXT", "TEXT=LEN+1" };
	static const char text[] = "typedef opaque a[LEN];\n#ifdef NEXT\n"
	    "typedef string b<TEXT>;\nconst N = NEXT;\n#endif\n";
	struct schema_options o = { .no_files = true, .define = define,
		.ndefine = COUNT(define) };
	struct schema *s = schema_new();

	diags_release(&idl_said);
	ck_assert_int_eq(schema_load_text(s, "t.x", text, strlen(text), &o,
	    &idl_said), 0);
	ck_assert_uint_eq(idl_said.n, 0);
	ck_assert_uint_eq(schema_type(s, "a")->type->max, 16);
	ck_assert_uint_eq(schema_type(s, "b")->type->max, 17);
	schema_free(s);
	s = schema_new();
	o.define = (const char *const[]){ "1=2" };
	o.ndefine = 1;
	ck_assert_int_eq(schema_load_text(s, "t.x", "", 0, &o, &idl_said),
	    -EBADMSG);
	ck_assert_str_eq(idl_said.list[0].file, "-D");
	schema_free(s);
	diags_release(&idl_said);
}
END_TEST

START_TEST(types_know_their_least_size_and_what_is_a_list)
{
	struct schema *s = idl_load("struct n { int a; opaque b[5]; n *next; };"
	    "typedef n *l; typedef int *o; typedef n f[3]; union u switch "
	    "(int d) { case 1: hyper a; case 2: int b; };", false);
	static const struct {
		const char *name;
		uint64_t size;
		bool list;
	} wanted[] = { { "n", 16, false }, { "l", 4, true }, { "o", 4, false },
		{ "f", 48, false }, { "u", 8, false } };

	for (int i = 0; i < COUNT(wanted); i++) {
		const struct idl_type *t = type_real(
		    schema_type(s, wanted[i].name)->type);

		ck_assert_uint_eq(t->min_size, wanted[i].size);
		ck_assert_int_eq(t->list, wanted[i].list);
	}
	schema_free(s);
	diags_release(&idl_said);
}
END_TEST

/* Each text as print_def() writes it; the numbers are nowhere. */
static const char *const left_to_c[] = {
	"typedef opaque o[LEN];\n", "typedef int a[LEN];\n",
	"enum e {\n\tA = B,\n\tC\n};\n", "typedef struct s t<LEN>;\n",
	"union u switch (int d) {\n\tcase X: int a;\n\tdefault: void;\n};\n",
};

START_TEST(what_only_c_knows_is_printed_as_it_was_declared)
{
	struct schema *s = idl_load(left_to_c[_i], false);
	struct buf out = { 0 };

	ck_assert_uint_eq(idl_said.count[DIAG_ERROR], 0);
	ck_assert_uint_gt(idl_said.count[DIAG_WARNING], 0);
	ck_assert_int_eq(print_def(&out, s->defs[s->ndefs - 1]), 0);
	ck_assert_int_eq(buf_append(&out, "", 1), 0);
	ck_assert_str_eq((char *)out.data, left_to_c[_i]);
	buf_release(&out);
	schema_free(s);
	diags_release(&idl_said);
}
END_TEST

Suite *
idl_suite(void)
{
	Suite *s = suite_create("idl");
	TCase *t = tcase_create("idl");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_sound_text_gives_no_error, 0, COUNT(sound));
	tcase_add_loop_test(t, an_error_says_what_is_wrong_and_where, 0,
	    COUNT(wrongs));
	tcase_add_test(t, several_errors_are_found_in_one_run);
	tcase_add_loop_test(t, what_rpcgen_refuses_is_told, 0, COUNT(refused));
	tcase_add_loop_test(t, what_rpcgen_takes_is_not_complained_about, 0,
	    COUNT(accepted));
	tcase_add_test(t, what_is_defined_from_outside_is_as_if_the_file_did);
	tcase_add_test(t, types_know_their_least_size_and_what_is_a_list);
	tcase_add_loop_test(t, what_only_c_knows_is_printed_as_it_was_declared,
	    0, COUNT(left_to_c));
	suite_add_tcase(s, t);
	return s;
}
