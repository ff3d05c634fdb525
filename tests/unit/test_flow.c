/*
 * Values that come and go in parts: however they come, they are what they are
 * when they are decoded whole, errors and their places included. Run by
 * main.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "idl/flow.h"
#include "idl/schema.h"
#include "suites.h"

enum { LARGE = 3 * FLOW_PART + 2, BYTES = LARGE + 200 };

static const char text[] =
    "union arm switch (int k) { case 1: string s<9>; case 2: void; };"
    "struct node { hyper h; node *next; };"
    "struct all { int a; opaque data<>; opaque three[3]; string t<>; double d;"
    " arm u<>; node *list; int *maybe; };";

/* What a flow reads from and writes to; step: bytes that a read gives. */
struct ends {
	struct value_flow flow;
	const uint8_t *data;
	size_t len, at, step;
	struct buf json;
};

static uint8_t message[BYTES];
static size_t size;
static struct value_error error;
static struct schema *schema;

static void
put(const void *data, size_t n)
{
	memcpy(message + size, data, n);
	size += n;
}

static void
put_u32(uint32_t v)
{
	be32_put(message + size, v);
	size += 4;
}

static void
setup(void)
{
	struct schema_options o = { .no_files = true };
	struct diags d = { 0 };

	schema = schema_new();
	ck_assert_int_eq(schema_load_text(schema, "t", text, sizeof(text) - 1,
	    &o, &d), 0);
	memset(message, 0, sizeof(message));
	size = 0;
	put_u32(7);
	put_u32(LARGE);
	for (size_t i = 0; i < LARGE; i++)
		message[size++] = (uint8_t)(i * 31);
	size += xdr_padded(LARGE) - LARGE;
	put("\1\2\3\0" "\0\0\0\3" "\xc3\xa4!\0", 12);
	put_u32(0x3ff00000);	/* 1.0 */
	put_u32(0);
	put_u32(2);
	put("\0\0\0\1" "\0\0\0\2" "hi\0\0" "\0\0\0\2", 16);
	put("\0\0\0\1" "\0\0\0\0" "\0\0\0\5" "\0\0\0\0" "\0\0\0\0", 20);
	ck_assert_uint_lt(size, BYTES);
}

static void
teardown(void)
{
	schema_free(schema);
}

static ssize_t
give(struct value_flow *w, uint8_t *to, size_t room)
{
	struct ends *e = (struct ends *)w;
	size_t n = e->len - e->at < e->step ? e->len - e->at : e->step;

	n = n < room ? n : room;
	memcpy(to, e->data + e->at, n);
	e->at += n;
	e->flow.coming = e->len - e->at;
	return (ssize_t)n;
}

static int
take(struct value_flow *w, const void *data, size_t n)
{
	struct ends *e = (struct ends *)w;

	return buf_append(&e->json, data, n);
}

/* Decodes n bytes of message into e->json, as they come by steps. */
static int
decode_flow(struct ends *e, size_t n, size_t step)
{
	struct decoder d = { .flow = &e->flow, .out = &e->flow.out,
		.what = "v", .error = &error };
	int err;

	*e = (struct ends){ .flow = { .read = give, .write = take,
		.coming = n }, .data = message, .len = n, .step = step };
	err = value_decode(&d, schema_type(schema, "all")->type);
	ck_assert_uint_le(e->flow.data.cap, 4 * FLOW_PART);
	ck_assert_uint_le(e->flow.out.cap, 8 * FLOW_OUT);
	if (err == 0)
		err = flow_out(&d);
	return err;
}

static int
decode_whole(size_t n, struct buf *out)
{
	struct decoder d = { .data = message, .len = n, .out = out,
		.what = "v", .error = &error };

	return value_decode(&d, schema_type(schema, "all")->type);
}

static void
release(struct ends *e)
{
	buf_release(&e->flow.data);
	buf_release(&e->flow.out);
	buf_release(&e->json);
}

static const size_t steps[] = { 1, 7, 4096, FLOW_PART, BYTES };

START_TEST(a_value_in_parts_is_the_value_as_a_whole)
{
	struct buf whole = { 0 };
	struct ends e;

	ck_assert_int_eq(decode_whole(size, &whole), 0);
	ck_assert_int_eq(decode_flow(&e, size, steps[_i]), 0);
	ck_assert_uint_eq(e.at, size);
	ck_assert_uint_eq(e.json.len, whole.len);
	ck_assert_mem_eq(e.json.data, whole.data, whole.len);
	release(&e);
	buf_release(&whole);
}
END_TEST

START_TEST(a_value_that_ends_too_soon_ends_with_the_same_error)
{
	struct value_error wanted;
	struct buf whole = { 0 };
	struct ends e;

	/* At each byte behind the opaque, and some in it. */
	for (size_t n = 0; n < size; n += n < 20 || n > LARGE ? 1 : 5003) {
		ck_assert_int_eq(decode_whole(n, &whole), -EBADMSG);
		wanted = error;
		ck_assert_int_eq(decode_flow(&e, n, 4096), -EBADMSG);
		ck_assert_str_eq(error.text, wanted.text);
		ck_assert_uint_eq(error.at, wanted.at);
		release(&e);
		whole.len = 0;
	}
	buf_release(&whole);
}
END_TEST

START_TEST(what_is_no_case_has_its_place_in_the_whole)
{
	struct buf whole = { 0 };
	struct ends e;
	size_t at;

	be32_put(message + size - 24, 9);	/* the second arm's */
	ck_assert_int_eq(decode_whole(size, &whole), -EBADMSG);
	at = error.at;
	ck_assert_uint_eq(at, size - 24);
	ck_assert_int_eq(decode_flow(&e, size, 5), -EBADMSG);
	ck_assert_str_eq(error.text, "v .u[1].k: 9: there is no such case");
	ck_assert_uint_eq(error.at, at);
	release(&e);
	buf_release(&whole);
}
END_TEST

static int
refuse(struct value_flow *w, const void *data, size_t n)
{
	(void)w;
	(void)data;
	(void)n;
	return -EIO;
}

START_TEST(an_output_that_fails_ends_it)
{
	struct ends e = { .flow = { .read = give, .write = refuse,
		.coming = size }, .data = message, .len = size, .step = 4096 };
	struct decoder d = { .flow = &e.flow, .out = &e.flow.out,
		.what = "v", .error = &error };

	ck_assert_int_eq(value_decode(&d, schema_type(schema, "all")->type),
	    -EIO);
	ck_assert_uint_lt(e.at, LARGE);
	release(&e);
}
END_TEST

START_TEST(bytes_without_a_type_are_all_of_them)
{
	struct ends e = { .flow = { .read = give, .write = take,
		.coming = size }, .data = message, .len = size,
		.step = steps[_i] };

	ck_assert_int_eq(flow_bytes(&e.flow, false), 0);
	ck_assert_uint_eq(e.json.len, 4 + 2 * size);
	ck_assert_mem_eq(e.json.data, "hex:0000000700", 14);
	release(&e);
}
END_TEST

Suite *
flow_suite(void)
{
	Suite *s = suite_create("flow");
	TCase *t = tcase_create("flow");
	int n = (int)(sizeof(steps) / sizeof(steps[0]));

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_value_in_parts_is_the_value_as_a_whole, 0, n);
	tcase_add_test(t, a_value_that_ends_too_soon_ends_with_the_same_error);
	tcase_add_test(t, what_is_no_case_has_its_place_in_the_whole);
	tcase_add_test(t, an_output_that_fails_ends_it);
	tcase_add_loop_test(t, bytes_without_a_type_are_all_of_them, 0, n);
	suite_add_tcase(s, t);
	return s;
}
