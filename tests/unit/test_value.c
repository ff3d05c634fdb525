/*
 * Values by a schema: both directions at their limits, and what belongs to
 * them: bytes as text, members from the command line, names.
 * What values look like is compared with xdrlib in tests/cli/idl_values.py.
 * Run by main.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/bytes.h"
#include "idl/check.h"
#include "idl/fields.h"
#include "idl/names.h"
#include "idl/real.h"
#include "idl/value.h"
#include "suites.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static const char text[] =
    "struct node { int a; node *next; }; typedef node *list;"
    "typedef opaque data<8>; typedef int many<4>; typedef opaque none[0];"
    "typedef double real; typedef none nones<>; typedef none row[256]; typedef row table<>;"
    "struct tree { tree *down; int leaf; };"
    "struct pair { data d; many m; list l; hyper h; };"
    "enum e { X = 1 }; union u switch (e k) { case X: string s<5>; };"
    "struct outer { pair p; u u; };"
    "program T_PROG { version T_V1 { void T_GET(int) = 1; void T_SET_GET(int)"
    " = 2; } = 1; version T_V2 { void T_GET(int) = 1; void T_PUT(int) = 2; }"
    " = 2; } = 99;";

static struct schema *schema;
static struct value_error error;

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

static int
encode(const char *name, const char *json, size_t max, struct buf *out)
{
	struct json_error je;
	struct json j;
	struct encoder e = { .json = &j, .max = max, .out = out,
		.what = "value", .error = &error };
	int err;

	ck_assert_int_eq(json_parse(&j, json, strlen(json), &je), 0);
	err = value_encode(&e, type(name), 0);
	json_release(&j);
	return err;
}

static int
decode(const char *name, const void *data, size_t n, size_t max,
    struct buf *out)
{
	struct decoder d = { .data = data, .len = n, .out = out, .max = max,
		.flat = true, .what = "value", .error = &error };
	int err = value_decode(&d, type(name));
	size_t at = 0;

	ck_assert_uint_eq(d.max, max ? max : VALUE_JSON);
	/* What is only looked at meets the same limits, but for max. */
	if (err != -EMSGSIZE)
		ck_assert_int_eq(value_check(type(name), data, n, &at), err);
	return err;
}

START_TEST(encoding_stops_at_its_limit)
{
	static const char json[] = "{\"d\":\"hex:0102030405\",\"m\":[1,2],"
	    "\"l\":[{\"a\":7}],\"h\":\"-1\"}";
	struct buf out = { 0 };
	size_t whole;

	ck_assert_int_eq(encode("pair", json, VALUE_XDR, &out), 0);
	whole = out.len;
	ck_assert_uint_eq(whole, 12 + 12 + 12 + 8);
	for (size_t max = 0; max < whole; max++) {
		out.len = 0;
		ck_assert_int_ne(encode("pair", json, max, &out), 0);
		ck_assert_uint_le(out.len, max);
		ck_assert_str_ne(error.text, "");
	}
	out.len = 0;
	ck_assert_int_eq(encode("pair", json, whole, &out), 0);
	buf_release(&out);
}
END_TEST

START_TEST(decoding_stops_at_its_limit_and_at_each_cut)
{
	struct buf xdr = { 0 }, json = { 0 };
	size_t whole;

	ck_assert_int_eq(encode("pair", "{\"d\":\"hex:01\",\"m\":[1],\"l\":"
	    "[{\"a\":7}],\"h\":1}", VALUE_XDR, &xdr), 0);
	ck_assert_int_eq(decode("pair", xdr.data, xdr.len, 0, &json), 0);
	whole = json.len;
	for (size_t max = 1; max < whole; max++) {
		json.len = 0;
		ck_assert_int_ne(decode("pair", xdr.data, xdr.len, max,
		    &json), 0);
		ck_assert_uint_le(json.len, max);
	}
	for (size_t n = 0; n < xdr.len; n++) {
		json.len = 0;
		ck_assert_int_eq(decode("pair", xdr.data, n, 0, &json),
		    -EBADMSG);
	}
	buf_release(&xdr);
	buf_release(&json);
}
END_TEST

START_TEST(no_memory_is_taken_for_what_is_only_claimed)
{
	static const uint8_t claim[4] = { 0xff, 0xff, 0xff, 0xff };
	static const uint8_t most[4] = { 0, 1, 0, 0 };	/* VALUE_EMPTY */
	static const uint8_t more[4] = { 0, 1, 0, 1 };
	static const char *const types[] = { "data", "many", "nones", "list" };
	struct buf out = { 0 };

	for (int i = 0; i < COUNT(types); i++) {
		out.len = 0;
		ck_assert_int_eq(decode(types[i], claim, 4, 0, &out),
		    -EBADMSG);
		ck_assert_uint_le(out.cap, 8192);
	}
	ck_assert_int_eq(decode("nones", more, 4, 0, &out), -EBADMSG);
	ck_assert_int_eq(decode("nones", most, 4, 0, &out), 0);
	buf_release(&out);
}
END_TEST

/* In all: those of the table count, and those of its rows. */
START_TEST(elements_without_a_byte_are_limited_in_all)
{
	static const uint8_t some[4] = { 0, 0, 0, 255 };
	static const uint8_t more[4] = { 0, 0, 1, 0 };
	struct buf out = { 0 };

	ck_assert_int_eq(decode("table", some, 4, 0, &out), 0);
	out.len = 0;
	ck_assert_int_eq(decode("table", more, 4, 0, &out), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(error.text, "without a byte"));
	buf_release(&out);
}
END_TEST

/* n pointers that are there, then one that is not, then the leaves. */
static int
decode_tree(size_t n, struct buf *out)
{
	size_t words = 2 * n + 2;
	uint8_t *data = calloc(words, 4);
	int err;

	for (size_t i = 0; i < n; i++)
		data[4 * i + 3] = 1;
	err = decode("tree", data, 4 * words, 0, out);
	free(data);
	return err;
}

START_TEST(values_nest_to_their_limit_and_no_deeper)
{
	struct buf out = { 0 };

	ck_assert_int_eq(decode_tree(VALUE_DEPTH - 1, &out), 0);
	out.len = 0;
	ck_assert_int_eq(decode_tree(VALUE_DEPTH + 1, &out), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(error.text, "200 deep"));
	buf_release(&out);
}
END_TEST

struct form {
	const char *text;
	int err;
	size_t n;
	const char *bytes;
};

static const struct form forms[] = {
	{ "hex:", 0, 0, "" }, { "hex:00fF", 0, 2, "\0\xff" },
	{ "hex:0", -EBADMSG, 0, "" }, { "hex:0g", -EBADMSG, 0, "" },
	{ "hex:0001020304", -EMSGSIZE, 0, "" },
	{ "base64:", 0, 0, "" }, { "base64:UkU=", 0, 2, "RE" },
	{ "base64:Ug==", 0, 1, "R" }, { "base64:UkVE", 0, 3, "RED" },
	{ "base64:UkU", -EBADMSG, 0, "" }, { "base64:Uh==", -EBADMSG, 0, "" },
	{ "base64:=AAA", -EBADMSG, 0, "" }, { "base64:U===", -EBADMSG, 0, "" },
	{ "base64:UkVEUkVE", -EMSGSIZE, 0, "" },
	{ "text:", 0, 0, "" }, { "text:abcd", 0, 4, "abcd" },
	{ "text:abcde", -EMSGSIZE, 0, "" }, { "abcd", -EINVAL, 0, "" },
	{ "", -EINVAL, 0, "" }, { "@/nonexistent", -EACCES, 0, "" },
};

START_TEST(bytes_as_text_are_exact)
{
	const struct form *f = &forms[_i];
	struct buf out = { 0 };

	ck_assert_int_eq(bytes_parse(f->text, strlen(f->text), false, 4, &out),
	    f->err);
	if (f->err == 0 && f->n > 0)
		ck_assert_mem_eq(out.data, f->bytes, f->n);
	ck_assert(f->err != 0 || out.len == f->n);
	buf_release(&out);
}
END_TEST

static const struct {
	const char *base;
	const char *fields[3];
	const char *wanted;	/* NULL: refused */
} merges[] = {
	{ "", { "p.h=5" }, "{\"p\": {\"h\": 5}}" },
	{ "", { "p.m[1]=5", "p.m.0=4" }, "{\"p\": {\"m\": [4, 5]}}" },
	{ "{\"p\":{\"h\":1}}", { "p.h=0x10" }, "{\"p\": {\"h\": \"0x10\"}}" },
	{ "", { "p.d=text:a\"b" }, "{\"p\": {\"d\": \"text:a\\\"b\"}}" },
	{ "", { "u.k=X", "u.s=12" }, "{\"u\": {\"k\": \"X\", \"s\": \"12\"}}" },
	{ "", { "p.l[0].a=-1" }, "{\"p\": {\"l\": [{\"a\": -1}]}}" },
	{ "", { "p={\"h\": 1}", "p.h=2" }, "{\"p\": {\"h\": 2}}" },
	{ "", { "p={\"h\":1}", "p.m=[3]", "p.m[1]=4" },
	    "{\"p\": {\"h\": 1, \"m\": [3, 4]}}" },
	{ "{\"u\":1}", { "p={\"h\":1}", "p.h=2" },
	    "{\"u\": 1, \"p\": {\"h\": 2}}" },
	{ "", { "q=1" }, NULL }, { "", { "p" }, NULL },
	{ "", { "p.m[4294967295]=1" }, NULL }, { "", { "p.m[1024]=1" }, NULL }, { "", { "p.m.x=1" }, NULL },
	{ "", { "p={\"h\":" }, NULL }, { "", { "p.m=[1,,2]" }, NULL },
	{ "{", { "p.h=1" }, NULL },
};

START_TEST(members_are_put_into_the_json)
{
	struct option_list list = { .n = 0 };
	struct failure f = { 0 };
	struct buf out = { 0 };
	int err;

	while (list.n < 3 && merges[_i].fields[list.n] != NULL) {
		list.items[list.n] = merges[_i].fields[list.n];
		list.n++;
	}
	err = fields_merge(type("outer"), merges[_i].base,
	    strlen(merges[_i].base), &list, &out, &f);
	ck_assert_int_eq(err == 0, merges[_i].wanted != NULL);
	if (err == 0) {
		ck_assert_int_eq(buf_append(&out, "", 1), 0);
		/* A member of a member that was text stays apart from it. */
		ck_assert_str_eq((char *)out.data, merges[_i].wanted);
	}
	buf_release(&out);
}
END_TEST

/* tree.down.down....leaf=1 */
static int
merge_deep(unsigned members, struct failure *f)
{
	char *field = calloc(members + 1, 5), *p = field;
	struct option_list list = { .items = { field }, .n = 1 };
	struct buf out = { 0 };
	int err;

	for (unsigned i = 1; i < members; i++)
		p = stpcpy(p, "down.");
	strcpy(p, "leaf=1");
	err = fields_merge(type("tree"), "", 0, &list, &out, f);
	buf_release(&out);
	free(field);
	return err;
}

START_TEST(members_are_named_as_deep_as_json_goes)
{
	struct failure f = { 0 };

	ck_assert_int_eq(merge_deep(JSON_DEPTH, &f), 0);
	ck_assert_int_eq(merge_deep(JSON_DEPTH + 1, &f), -EXIT_USAGE);
	ck_assert_ptr_nonnull(strstr(f.text, "512 members deep"));
}
END_TEST

START_TEST(a_number_has_so_many_digits_at_most)
{
	char digits[REAL_NUMBER + 1];
	struct buf out = { 0 };

	memset(digits, '0', REAL_NUMBER);
	memcpy(digits, "1.", 2);
	digits[REAL_NUMBER] = '\0';
	ck_assert_int_eq(encode("real", digits, 8, &out), -EBADMSG);
	digits[REAL_NUMBER - 1] = '\0';
	ck_assert_int_eq(encode("real", digits, 8, &out), 0);
	ck_assert_mem_eq(out.data, "\x3f\xf0\0\0\0\0\0", 8);
	buf_release(&out);
}
END_TEST

START_TEST(a_library_has_room_for_so_many_files)
{
	static struct library l, more;
	char path[] = "t.x";

	l = (struct library){ .n = LIBRARY_FILES };
	ck_assert_int_eq(library_add(&l, schema_new(), path), -ENOSPC);
	more = (struct library){ .schemas = { schema }, .paths = { path },
		.n = 1 };
	ck_assert_int_eq(library_borrow(&l, &more, 1), -ENOSPC);
}
END_TEST

START_TEST(a_name_with_a_part_of_over_63_bytes_is_none)
{
	static struct library l;
	struct failure f = { 0 };
	struct procedure p;
	char name[80];

	l = (struct library){ .standard = true };
	for (int n = 63; n <= 64; n++) {
		snprintf(name, sizeof(name), "%0*d/1.1", n, 0);
		ck_assert_int_eq(procedure_find(&l, name, &p, &f),
		    n == 63 ? 0 : -EXIT_USAGE);
	}
	ck_assert_ptr_nonnull(strstr(f.text, "names no procedure"));
}
END_TEST

static const struct {
	const char *name;
	uint32_t vers, proc;	/* vers 0: refused */
} names[] = {
	{ "T/1.GET", 1, 1 }, { "t/1.t_get", 1, 1 }, { "T_PROG/T_V2.PUT", 2, 2 },
	{ "99/2.1", 2, 1 }, { "0x63/1.2", 1, 2 }, { "PUT", 2, 2 },
	{ "T/1.SET_GET", 1, 2 }, { "T.PUT", 2, 2 }, { "T/2.2", 2, 2 },
	{ "98/5.4", 5, 4 }, { "T.GET", 0, 0 }, { "GET", 0, 0 }, { "", 0, 0 },
	{ "T/3.GET", 0, 0 }, { "T/1.", 0, 0 }, { "X/1.GET", 0, 0 },
	{ "99/4294967296.1", 0, 0 },
};

START_TEST(a_name_is_found_while_it_is_unambiguous)
{
	static struct library l;
	struct procedure p;
	struct failure f = { 0 };
	int err;

	type("e");
	l = (struct library){ .schemas = { schema }, .paths = { "t.x" },
		.n = 1, .standard = true };
	err = procedure_find(&l, names[_i].name, &p, &f);
	ck_assert_msg((err == 0) == (names[_i].vers != 0), "%s: %s",
	    names[_i].name, f.text);
	if (err == 0) {
		ck_assert_uint_eq(p.vers, names[_i].vers);
		ck_assert_uint_eq(p.number, names[_i].proc);
	}
}
END_TEST

Suite *
value_suite(void)
{
	Suite *s = suite_create("value");
	TCase *t = tcase_create("value");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_number_has_so_many_digits_at_most);
	tcase_add_test(t, a_library_has_room_for_so_many_files);
	tcase_add_test(t, a_name_with_a_part_of_over_63_bytes_is_none);
	tcase_add_test(t, members_are_named_as_deep_as_json_goes);
	tcase_add_test(t, encoding_stops_at_its_limit);
	tcase_add_test(t, decoding_stops_at_its_limit_and_at_each_cut);
	tcase_add_test(t, no_memory_is_taken_for_what_is_only_claimed);
	tcase_add_test(t, elements_without_a_byte_are_limited_in_all);
	tcase_add_test(t, values_nest_to_their_limit_and_no_deeper);
	tcase_add_loop_test(t, bytes_as_text_are_exact, 0, COUNT(forms));
	tcase_add_loop_test(t, members_are_put_into_the_json, 0,
	    COUNT(merges));
	tcase_add_loop_test(t, a_name_is_found_while_it_is_unambiguous, 0,
	    COUNT(names));
	suite_add_tcase(s, t);
	return s;
}
