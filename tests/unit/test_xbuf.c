/*
 * XDR over memory: bounds, lending, and the checks that libtirpc's own
 * decoders of variable length lack. Run by main.c.
 */
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "echo.h"
#include "suites.h"
#include "xbuf.h"
#include "xsafe.h"

enum { BIG = 1 << 20 };

/* Bytes that decoders are given; their end is the end of their memory. */
static uint8_t *message;

static uint8_t *
make_message(size_t n)
{
	free(message);
	message = calloc(1, n + 1);
	ck_assert_ptr_nonnull(message);
	return message;
}

static void
teardown(void)
{
	free(message);
	message = NULL;
}

/* A counted opaque: declared length, then n bytes that are there. */
static uint8_t *
make_opaque(uint32_t declared, const void *data, size_t n)
{
	uint8_t *m = make_message(4 + n);

	be32_put(m, declared);
	memcpy(m + 4, data, n);
	return m;
}

static bool
decodes(xdrproc_t proc, void *object, const void *data, size_t n)
{
	XDR x;

	xbuf_decode(&x, data, n, false);
	return proc(&x, object);
}

static bool_t
xdr_small(XDR *x, echo_payload *p)
{
	return xsafe_bytes(x, &p->echo_payload_val, &p->echo_payload_len, 8);
}

START_TEST(reading_stops_at_the_end_of_the_message)
{
	uint8_t *m = make_message(6);
	u_int v = 0;
	XDR x;

	be32_put(m, 77);
	xbuf_decode(&x, m, 6, false);
	ck_assert_uint_eq(xbuf_left(&x), 6);
	ck_assert(xdr_u_int(&x, &v) && v == 77);
	ck_assert(!xdr_u_int(&x, &v));
	ck_assert_uint_eq(xbuf_left(&x), 2);
	ck_assert_ptr_eq(xbuf_take(&x, 2), m + 4);
	ck_assert_ptr_null(xbuf_take(&x, 1));
	ck_assert_ptr_nonnull(xbuf_take(&x, 0));
}
END_TEST

START_TEST(a_length_over_what_is_left_is_refused_before_allocating)
{
	static const uint32_t lengths[] = { 9, 12, BIG, ECHO_MAX,
		ECHO_MAX + 1, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff };
	echo_payload p = { 0 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint8_t *m = make_opaque(lengths[i], "12345678", 8);

		ck_assert(!decodes((xdrproc_t)xdr_echo_payload, &p, m, 12));
		ck_assert_ptr_null(p.echo_payload_val);
	}
}
END_TEST

START_TEST(an_opaque_needs_its_padding)
{
	uint8_t *m = make_opaque(5, "12345\0\0", 7);
	echo_payload p = { 0 };

	ck_assert(!decodes((xdrproc_t)xdr_echo_payload, &p, m, 11));
	m = make_opaque(5, "12345\0\0\0", 8);
	ck_assert(decodes((xdrproc_t)xdr_echo_payload, &p, m, 12));
	ck_assert_uint_eq(p.echo_payload_len, 5);
	ck_assert_mem_eq(p.echo_payload_val, "12345", 5);
	xbuf_free((xdrproc_t)xdr_echo_payload, &p, NULL, 0);
	ck_assert_ptr_null(p.echo_payload_val);
}
END_TEST

START_TEST(what_follows_an_opaque_is_read_from_behind_its_padding)
{
	uint8_t *m = make_opaque(5, "12345\0\0\0\0\0\0\7", 12);
	echo_payload p = { 0 };
	u_int after = 0;
	XDR x;

	xbuf_decode(&x, m, 16, true);
	ck_assert(xdr_echo_payload(&x, &p) && xdr_u_int(&x, &after));
	ck_assert_uint_eq(after, 7);
}
END_TEST

START_TEST(a_bound_of_the_type_holds_for_bytes_that_are_there)
{
	uint8_t *m = make_opaque(8, "123456789012", 12);
	echo_payload p = { 0 };

	ck_assert(decodes((xdrproc_t)xdr_small, &p, m, 16));
	xsafe_free((xdrproc_t)xdr_small, &p);
	be32_put(m, 9);
	ck_assert(!decodes((xdrproc_t)xdr_small, &p, m, 16));
}
END_TEST

START_TEST(a_lent_opaque_points_into_the_message_and_is_not_freed)
{
	uint8_t *m = make_opaque(4, "abcd", 4);
	echo_payload p = { 0 };
	XDR x;

	xbuf_decode(&x, m, 8, true);
	ck_assert(xbuf_lends(&x) && xdr_echo_payload(&x, &p));
	ck_assert_ptr_eq(p.echo_payload_val, m + 4);
	xbuf_free((xdrproc_t)xdr_echo_payload, &p, m, 8);
	ck_assert_ptr_null(p.echo_payload_val);
	/* The message is still ours. */
	ck_assert_mem_eq(m + 4, "abcd", 4);
}
END_TEST

START_TEST(only_what_is_within_the_message_counts_as_lent)
{
	uint8_t *m = make_message(8);
	XDR x;

	xbuf_decode(&x, m, 8, true);
	ck_assert(xbuf_lent(&x, m) && xbuf_lent(&x, m + 7));
	ck_assert(!xbuf_lent(&x, m + 8) && !xbuf_lent(&x, m - 1));
	ck_assert(!xbuf_lent(&x, NULL));
}
END_TEST

START_TEST(freeing_frees_what_was_not_lent)
{
	uint8_t *m = make_message(8);
	echo_payload p = { .echo_payload_len = 3 };

	/* Under AddressSanitizer this leaks when it is not freed. */
	p.echo_payload_val = strdup("own");
	xbuf_free((xdrproc_t)xdr_echo_payload, &p, m, 8);
	ck_assert_ptr_null(p.echo_payload_val);
}
END_TEST

START_TEST(encoding_ends_at_its_limit)
{
	struct buf b = { 0 };
	u_int v = 0x01020304;
	XDR x;

	ck_assert_int_eq(buf_append(&b, "head", 4), 0);
	xbuf_encode(&x, &b, 11);
	ck_assert(xdr_u_int(&x, &v));
	ck_assert(!xdr_u_int(&x, &v));
	ck_assert_uint_eq(b.len, 8);
	ck_assert_mem_eq(b.data, "head\1\2\3\4", 8);
	xbuf_encode(&x, &b, 3);
	ck_assert(!xdr_u_int(&x, &v));
	buf_release(&b);
}
END_TEST

START_TEST(encoding_ends_where_the_budget_does)
{
	struct budget budget = { .limit = 4096 };
	struct buf b = { .budget = &budget };
	u_int v = 1;
	XDR x;

	xbuf_encode(&x, &b, BIG);
	for (int i = 0; i < 1024; i++)
		ck_assert(xdr_u_int(&x, &v));
	ck_assert(!xdr_u_int(&x, &v));
	ck_assert_uint_eq(b.len, 4096);
	buf_release(&b);
	ck_assert_uint_eq(budget.used, 0);
}
END_TEST

START_TEST(a_bool_is_0_or_1)
{
	uint8_t *m = make_message(4);
	bool_t v = FALSE;

	for (uint32_t word = 0; word < 2; word++) {
		be32_put(m, word);
		ck_assert(decodes((xdrproc_t)xsafe_bool, &v, m, 4));
		ck_assert_int_eq(v, (int)word);
	}
	be32_put(m, 2);
	ck_assert(!decodes((xdrproc_t)xsafe_bool, &v, m, 4));
	be32_put(m, 0xffffffff);
	ck_assert(!decodes((xdrproc_t)xsafe_bool, &v, m, 4));
}
END_TEST

START_TEST(generated_code_refuses_an_enumerator_that_is_not_declared)
{
	uint8_t *m = make_message(4);
	echo_identity v = 0;

	for (uint32_t word = 0; word <= ECHO_ID_PARENT; word++) {
		be32_put(m, word);
		ck_assert(decodes((xdrproc_t)xdr_echo_identity, &v, m, 4));
		ck_assert_uint_eq(v, word);
	}
	be32_put(m, ECHO_ID_PARENT + 1);
	ck_assert(!decodes((xdrproc_t)xdr_echo_identity, &v, m, 4));
	be32_put(m, 0xffffffff);
	ck_assert(!decodes((xdrproc_t)xdr_echo_identity, &v, m, 4));
}
END_TEST

static bool_t
xdr_name(XDR *x, char **text)
{
	return xsafe_string(x, text, 8);
}

START_TEST(a_string_with_a_nul_in_it_is_refused)
{
	uint8_t *m = make_opaque(4, "ab\0c", 4);
	char *text = NULL;

	ck_assert(!decodes((xdrproc_t)xdr_name, &text, m, 8));
	ck_assert_ptr_null(text);
	m = make_opaque(4, "abcd", 4);
	ck_assert(decodes((xdrproc_t)xdr_name, &text, m, 8));
	ck_assert_str_eq(text, "abcd");
	xsafe_free((xdrproc_t)xdr_name, &text);
	ck_assert_ptr_null(text);
}
END_TEST

START_TEST(a_string_over_its_bound_or_its_bytes_is_refused)
{
	uint8_t *m = make_opaque(9, "123456789012", 12);
	char *text = NULL;

	ck_assert(!decodes((xdrproc_t)xdr_name, &text, m, 16));
	m = make_opaque(8, "1234", 4);
	ck_assert(!decodes((xdrproc_t)xdr_name, &text, m, 8));
	ck_assert_ptr_null(text);
}
END_TEST

struct numbers {
	u_int *items;
	u_int count;
};

static bool_t
xdr_numbers(XDR *x, struct numbers *n)
{
	return xsafe_array(x, (char **)&n->items, &n->count, 1 << 30,
	    sizeof(u_int), (xdrproc_t)xdr_u_int);
}

START_TEST(an_array_of_more_items_than_bytes_allow_is_refused)
{
	static const uint32_t counts[] = { 3, 4, 1 << 20, 1 << 30,
		0x7fffffff, 0xffffffff };
	uint8_t *m = make_message(12);
	struct numbers n = { 0 };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		be32_put(m, counts[i]);
		ck_assert(!decodes((xdrproc_t)xdr_numbers, &n, m, 12));
		ck_assert_ptr_null(n.items);
		ck_assert_uint_eq(n.count, 0);
	}
}
END_TEST

START_TEST(an_array_decodes_and_encodes_to_itself)
{
	uint8_t *m = make_message(12);
	struct numbers n = { 0 };
	struct buf b = { 0 };
	XDR x;

	be32_put(m, 2);
	be32_put(m + 4, 5);
	be32_put(m + 8, 6);
	ck_assert(decodes((xdrproc_t)xdr_numbers, &n, m, 12));
	ck_assert(n.count == 2 && n.items[0] == 5 && n.items[1] == 6);
	xbuf_encode(&x, &b, BIG);
	ck_assert(xdr_numbers(&x, &n));
	ck_assert_uint_eq(b.len, 12);
	ck_assert_mem_eq(b.data, m, 12);
	xsafe_free((xdrproc_t)xdr_numbers, &n);
	ck_assert_ptr_null(n.items);
	buf_release(&b);
}
END_TEST

Suite *
xbuf_suite(void)
{
	Suite *s = suite_create("xbuf");
	TCase *t = tcase_create("xbuf");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, reading_stops_at_the_end_of_the_message);
	tcase_add_test(t,
	    a_length_over_what_is_left_is_refused_before_allocating);
	tcase_add_test(t, an_opaque_needs_its_padding);
	tcase_add_test(t,
	    what_follows_an_opaque_is_read_from_behind_its_padding);
	tcase_add_test(t, a_bound_of_the_type_holds_for_bytes_that_are_there);
	tcase_add_test(t,
	    a_lent_opaque_points_into_the_message_and_is_not_freed);
	tcase_add_test(t, only_what_is_within_the_message_counts_as_lent);
	tcase_add_test(t, freeing_frees_what_was_not_lent);
	tcase_add_test(t, encoding_ends_at_its_limit);
	tcase_add_test(t, encoding_ends_where_the_budget_does);
	tcase_add_test(t, a_bool_is_0_or_1);
	tcase_add_test(t,
	    generated_code_refuses_an_enumerator_that_is_not_declared);
	tcase_add_test(t, a_string_with_a_nul_in_it_is_refused);
	tcase_add_test(t, a_string_over_its_bound_or_its_bytes_is_refused);
	tcase_add_test(t, an_array_of_more_items_than_bytes_allow_is_refused);
	tcase_add_test(t, an_array_decodes_and_encodes_to_itself);
	suite_add_tcase(s, t);
	return s;
}
