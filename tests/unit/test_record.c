/*
 * The record reader, and what the guards of RFC 5531 section 11 refuse. The
 * bytes reach it as chan.c brings them: space, feed, next, park. Run by
 * main.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "record.h"
#include "suites.h"

enum { WINDOW = 8192, LIMIT = 1 << 16, FRAGMENTS = 64, EMPTY = 4 };

static const struct record_limits limits = { LIMIT, FRAGMENTS, EMPTY };

static struct budget budget;
static struct record_reader reader;
static uint8_t window[WINDOW];

static void
setup(void)
{
	budget.used = 0;
	budget.limit = 1 << 24;
	record_reader_init(&reader, &limits, &budget);
}

/* Whatever a test did, the budget has everything back. */
static void
teardown(void)
{
	record_reader_release(&reader);
	ck_assert_uint_eq(budget.used, 0);
}

static size_t
put_fragment(uint8_t *out, const void *data, size_t n, bool last)
{
	be32_put(out, (last ? 0x80000000u : 0) | (uint32_t)n);
	memcpy(out + 4, data, n);
	return 4 + n;
}

/* As much of data as one read takes: its size, or -errno. */
static ssize_t
feed(const void *data, size_t n)
{
	uint8_t *at;
	size_t room;
	int err = record_reader_space(&reader, window, WINDOW, &at, &room);

	if (err)
		return err;
	if (n > room)
		n = room;
	if (n > 0)
		memcpy(at, data, n);
	record_reader_feed(&reader, at, n);
	return (ssize_t)n;
}

/* The window is somebody else's until the next read. */
static int
park(void)
{
	int err = record_reader_park(&reader);

	memset(window, 0xa5, sizeof(window));
	return err;
}

/* All n bytes in reads of step; the last of next, with its record. */
static int
feed_all(const uint8_t *data, size_t n, size_t step, const uint8_t **msg,
    size_t *len)
{
	int got = 0;

	while (n > 0 && got == 0) {
		ssize_t taken = feed(data, n < step ? n : step);

		ck_assert_int_gt(taken, 0);
		data += taken;
		n -= (size_t)taken;
		got = record_reader_next(&reader, msg, len);
		if (got == 0)
			ck_assert_int_eq(park(), 0);
	}
	return got;
}

static void
must_be(const uint8_t *msg, size_t len, const char *text)
{
	ck_assert_uint_eq(len, strlen(text));
	ck_assert_mem_eq(msg, text, len);
}

/* Only a mark arrives; what the reader says of it. */
static int
next_after_mark(uint32_t mark)
{
	uint8_t bytes[4];
	const uint8_t *msg;
	size_t len;

	be32_put(bytes, mark);
	return feed_all(bytes, sizeof(bytes), sizeof(bytes), &msg, &len);
}

START_TEST(a_record_split_at_any_byte_is_the_same_record)
{
	uint8_t wire[64];
	size_t n = put_fragment(wire, "first ", 6, false), len;
	const uint8_t *msg;

	n += put_fragment(wire + n, "", 0, false);
	n += put_fragment(wire + n, "second", 6, true);
	for (size_t cut = 1; cut < n; cut++) {
		ck_assert_int_eq(feed_all(wire, cut, n, &msg, &len), 0);
		ck_assert_int_eq(feed_all(wire + cut, n - cut, n, &msg, &len),
		    1);
		must_be(msg, len, "first second");
		ck_assert_int_eq(park(), 0);
		ck_assert_uint_eq(record_reader_pending(&reader), 0);
	}
}
END_TEST

START_TEST(fragments_of_one_byte_in_reads_of_one_byte_make_a_record)
{
	char text[FRAGMENTS + 1] = "";
	uint8_t wire[5 * FRAGMENTS];
	const uint8_t *msg;
	size_t n = 0, len;

	for (int i = 0; i < FRAGMENTS; i++) {
		text[i] = (char)('A' + i % 26);
		n += put_fragment(wire + n, text + i, 1, i == FRAGMENTS - 1);
	}
	ck_assert_int_eq(feed_all(wire, n, 1, &msg, &len), 1);
	must_be(msg, len, text);
}
END_TEST

START_TEST(one_fragment_more_than_the_limit_is_refused)
{
	uint8_t wire[5 * FRAGMENTS];
	const uint8_t *msg;
	size_t n = 0, len;

	for (int i = 0; i < FRAGMENTS; i++)
		n += put_fragment(wire + n, "x", 1, false);
	ck_assert_int_eq(feed_all(wire, n, n, &msg, &len), 0);
	ck_assert_int_eq(next_after_mark(0x80000001u), -EBADMSG);
}
END_TEST

START_TEST(empty_fragments_are_legal_up_to_their_limit)
{
	uint8_t wire[4 * EMPTY];
	const uint8_t *msg;
	size_t n = 0, len;

	for (int i = 0; i < EMPTY; i++)
		n += put_fragment(wire + n, "", 0, i == EMPTY - 1);
	ck_assert_int_eq(feed_all(wire, n, n, &msg, &len), 1);
	ck_assert_uint_eq(len, 0);
	/* The count begins again with each record. */
	ck_assert_int_eq(park(), 0);
	ck_assert_int_eq(feed_all(wire, n, 1, &msg, &len), 1);
}
END_TEST

START_TEST(one_empty_fragment_over_the_limit_is_refused)
{
	for (int i = 0; i < EMPTY; i++)
		ck_assert_int_eq(next_after_mark(0), 0);
	ck_assert_int_eq(next_after_mark(0), -EBADMSG);
}
END_TEST

START_TEST(a_record_at_its_limit_is_taken_and_one_byte_more_is_not)
{
	ck_assert_int_eq(next_after_mark(0x80000000u | (LIMIT - 1)), 0);
	record_reader_release(&reader);
	setup();
	ck_assert_int_eq(next_after_mark(0x80000000u | LIMIT), 0);
	record_reader_release(&reader);
	setup();
	ck_assert_int_eq(next_after_mark(0x80000000u | (LIMIT + 1)),
	    -EMSGSIZE);
}
END_TEST

START_TEST(fragments_count_together_against_the_limit_of_a_record)
{
	uint8_t *wire = malloc(4 + LIMIT);
	const uint8_t *msg;
	size_t n, len;

	ck_assert_ptr_nonnull(wire);
	memset(wire, 7, 4 + LIMIT);
	n = put_fragment(wire, wire + 4, LIMIT - 10, false);
	ck_assert_int_eq(feed_all(wire, n, n, &msg, &len), 0);
	ck_assert_int_eq(next_after_mark(0x80000000u | 11), -EMSGSIZE);
	free(wire);
}
END_TEST

START_TEST(a_huge_mark_is_refused_before_anything_is_allocated)
{
	static const uint32_t marks[] = { 0x7fffffffu, 0xffffffffu,
		0x80000000u | (LIMIT + 1), 0x40000000u, LIMIT + 1 };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		ck_assert_int_eq(next_after_mark(marks[i]), -EMSGSIZE);
		ck_assert_uint_eq(reader.own.cap, 0);
		ck_assert_uint_eq(budget.used, 0);
		record_reader_init(&reader, &limits, &budget);
	}
}
END_TEST

START_TEST(several_records_of_one_read_come_in_order)
{
	uint8_t wire[64];
	const uint8_t *msg;
	size_t n = put_fragment(wire, "one", 3, true), len;

	n += put_fragment(wire + n, "", 0, true);
	n += put_fragment(wire + n, "two", 3, true);
	ck_assert_int_eq(feed(wire, n), (ssize_t)n);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), 1);
	must_be(msg, len, "one");
	/* The rest of them may wait for another turn. */
	ck_assert_int_eq(park(), 0);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), 1);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), 1);
	must_be(msg, len, "two");
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), 0);
}
END_TEST

START_TEST(a_reader_between_records_holds_no_memory)
{
	uint8_t wire[16];
	const uint8_t *msg;
	size_t n = put_fragment(wire, "text", 4, true), len;

	ck_assert_int_eq(feed_all(wire, 6, 6, &msg, &len), 0);
	ck_assert_uint_gt(reader.own.cap, 0);
	ck_assert_uint_eq(record_reader_pending(&reader), 6);
	ck_assert_int_eq(feed_all(wire + 6, n - 6, n, &msg, &len), 1);
	ck_assert_int_eq(park(), 0);
	ck_assert_uint_eq(reader.own.cap, 0);
	ck_assert_uint_eq(budget.used, 0);
}
END_TEST

START_TEST(memory_grows_with_what_came_not_with_what_a_mark_claims)
{
	uint8_t chunk[512];
	const uint8_t *msg;
	size_t len, came = 4;

	memset(chunk, 7, sizeof(chunk));
	ck_assert_int_eq(next_after_mark(0x80000000u | LIMIT), 0);
	ck_assert_uint_le(reader.own.cap, 4096);
	while (came + sizeof(chunk) < LIMIT) {
		ck_assert_int_eq(feed_all(chunk, sizeof(chunk), sizeof(chunk),
		    &msg, &len), 0);
		came += sizeof(chunk);
		ck_assert_uint_le(reader.own.cap, 4 * came + 4096);
	}
}
END_TEST

START_TEST(a_large_record_behind_another_is_read_where_that_was)
{
	enum { LARGE = 300000, WIRE = 4 + LARGE };
	static const struct record_limits large = { LARGE, 1, 0 };
	uint8_t *wire = calloc(1, 2 * WIRE);
	const uint8_t *msg;
	size_t len, over;

	ck_assert_ptr_nonnull(wire);
	record_reader_limit(&reader, &large);
	be32_put(wire, 0x80000000u | LARGE);
	be32_put(wire + WIRE, 0x80000000u | LARGE);
	ck_assert_int_eq(feed_all(wire, 2 * WIRE, 2 * WIRE, &msg, &len), 1);
	/* Smaller ones leave room behind them, but not for another. */
	for (size_t n = LARGE, i = 0; i < 3; i++, n = LARGE / 3 * 2) {
		ck_assert_int_eq(record_reader_next(&reader, &msg, &len), 0);
		ck_assert_int_eq(park(), 0);
		ck_assert_uint_lt(reader.own.cap, WIRE + 4096);
		/* No more has been read than says how large it is. */
		over = record_reader_pending(&reader);
		ck_assert_uint_ge(over, 4);
		ck_assert_uint_lt(over, 4096);
		be32_put(wire + 4 + n, 0x80000000u | (LARGE / 3 * 2));
		memset(wire + over, (int)i, 4 + n - over);
		ck_assert_int_gt(feed(wire + over, 4 + n + 1000 - over), 0);
		ck_assert_int_eq(record_reader_next(&reader, &msg, &len), 1);
		ck_assert_uint_eq(len, n);
		ck_assert_ptr_eq(msg, reader.own.data);
		ck_assert_mem_eq(msg + over, wire + 4 + over, n - over);
	}
	record_reader_limit(&reader, &limits);
	free(wire);
}
END_TEST

START_TEST(a_large_record_comes_whole_through_memory_of_its_own)
{
	uint8_t *wire = malloc(4 + LIMIT), *body = malloc(LIMIT);
	const uint8_t *msg;
	size_t len;

	ck_assert(wire != NULL && body != NULL);
	for (size_t i = 0; i < LIMIT; i++)
		body[i] = (uint8_t)(i * 31 >> 3);
	put_fragment(wire, body, LIMIT, true);
	ck_assert_int_eq(feed_all(wire, 4 + LIMIT, 1000, &msg, &len), 1);
	ck_assert_uint_eq(len, LIMIT);
	ck_assert_mem_eq(msg, body, LIMIT);
	/* That memory goes with it. */
	ck_assert_int_eq(park(), 0);
	ck_assert_uint_eq(reader.own.cap, 0);
	free(wire);
	free(body);
}
END_TEST

START_TEST(a_used_up_budget_is_refused_and_given_back)
{
	uint8_t chunk[1024] = { 0 };
	const uint8_t *msg;
	size_t len;
	ssize_t n = 0;
	int got = 0;

	budget.limit = 10000;
	ck_assert_int_eq(next_after_mark(0x80000000u | LIMIT), 0);
	for (int i = 0; i < 64 && n >= 0 && got == 0; i++) {
		n = feed(chunk, sizeof(chunk));
		if (n >= 0)
			ck_assert_int_eq(record_reader_next(&reader, &msg,
			    &len), 0);
		got = n < 0 ? 0 : park();
		ck_assert_uint_le(budget.used, budget.limit);
	}
	ck_assert_int_eq(n < 0 ? (int)n : got, -ENOBUFS);
	record_reader_release(&reader);
	ck_assert_uint_eq(budget.used, 0);
}
END_TEST

START_TEST(a_mark_of_a_whole_record_has_bit_31_and_its_length)
{
	uint8_t mark[4];

	record_mark(mark, 0x123456);
	ck_assert_uint_eq(be32_get(mark), 0x80123456u);
}
END_TEST

Suite *
record_suite(void)
{
	Suite *s = suite_create("record");
	TCase *t = tcase_create("record");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_record_split_at_any_byte_is_the_same_record);
	tcase_add_test(t,
	    fragments_of_one_byte_in_reads_of_one_byte_make_a_record);
	tcase_add_test(t, one_fragment_more_than_the_limit_is_refused);
	tcase_add_test(t, empty_fragments_are_legal_up_to_their_limit);
	tcase_add_test(t, one_empty_fragment_over_the_limit_is_refused);
	tcase_add_test(t,
	    a_record_at_its_limit_is_taken_and_one_byte_more_is_not);
	tcase_add_test(t,
	    fragments_count_together_against_the_limit_of_a_record);
	tcase_add_test(t,
	    a_huge_mark_is_refused_before_anything_is_allocated);
	tcase_add_test(t, several_records_of_one_read_come_in_order);
	tcase_add_test(t, a_reader_between_records_holds_no_memory);
	tcase_add_test(t,
	    memory_grows_with_what_came_not_with_what_a_mark_claims);
	tcase_add_test(t, a_large_record_comes_whole_through_memory_of_its_own);
	tcase_add_test(t, a_large_record_behind_another_is_read_where_that_was);
	tcase_add_test(t, a_used_up_budget_is_refused_and_given_back);
	tcase_add_test(t, a_mark_of_a_whole_record_has_bit_31_and_its_length);
	suite_add_tcase(s, t);
	return s;
}
