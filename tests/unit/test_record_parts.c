/*
 * Records larger than what a reader keeps: they come in parts, of which
 * nothing is held once they are out. Run by main.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "record.h"
#include "suites.h"

enum { WINDOW = 8192, LIMIT = 1000, LARGE = 100000, MAX = LARGE + 50 };

static const struct record_limits limits = { LIMIT, 4, 2 };

static struct budget budget;
static struct record_reader reader;
static uint8_t window[WINDOW], wire[2 * LARGE], taken[2 * LARGE];
static size_t size;		/* bytes of wire */

static void
setup(void)
{
	budget.used = 0;
	budget.limit = WINDOW;
	size = 0;
	record_reader_init(&reader, &limits, &budget);
}

static void
teardown(void)
{
	record_reader_release(&reader);
	ck_assert_uint_eq(budget.used, 0);
}

/* A fragment of n bytes that count up, at the end of wire. */
static void
add(size_t n, bool last)
{
	be32_put(wire + size, (last ? 0x80000000u : 0) | (uint32_t)n);
	size += 4;
	for (size_t i = 0; i < n; i++, size++)
		wire[size] = (uint8_t)(size * 7);
}

/* The next step bytes of wire, or 0 at its end. */
static size_t
feed(size_t *at, size_t step)
{
	uint8_t *to;
	size_t room, n = size - *at < step ? size - *at : step;

	ck_assert_int_eq(record_reader_park(&reader), 0);
	memset(window, 0xa5, sizeof(window));
	ck_assert_int_eq(record_reader_space(&reader, window, WINDOW, &to,
	    &room), 0);
	n = n < room ? n : room;
	memcpy(to, wire + *at, n);
	record_reader_feed(&reader, to, n);
	*at += n;
	return n;
}

/* All of the record into taken, from where next() gave up on it: its bytes,
 * or -errno. */
static ssize_t
take_parts(size_t *at, size_t step)
{
	const uint8_t *part;
	size_t n, all = 0;
	int got;

	for (;;) {
		got = record_reader_part(&reader, MAX, &part, &n);
		if (got < 0)
			return got;
		if (got == 0 && feed(at, step) == 0)
			return -EPIPE;
		if (got == 1 && n == 0)
			return (ssize_t)all;
		if (got == 1) {
			memcpy(taken + all, part, n);
			all += n;
		}
	}
}

/* The bytes of wire's fragments, one after another, are what was taken. */
static void
must_be_wire(ssize_t all)
{
	size_t at = 0;

	for (size_t from = 0; at < (size_t)all;) {
		size_t n = be32_get(wire + from) & INT32_MAX;

		ck_assert_mem_eq(taken + at, wire + from + 4, n);
		at += n;
		from += 4 + n;
	}
	ck_assert_int_eq((ssize_t)at, all);
}

static const size_t steps[] = { 1, 3, 4, 1000, WINDOW };

START_TEST(a_record_over_the_limit_comes_in_parts_and_the_next_one_whole)
{
	const uint8_t *msg;
	size_t at = 0, len;
	int got = 0;

	add(900, false);	/* kept, and handed out first */
	add(0, false);
	for (int i = 0; i < 10; i++)
		add(LARGE / 10 - 90, i == 9);
	add(5, true);
	while (got == 0) {
		ck_assert_uint_gt(feed(&at, steps[_i]), 0);
		got = record_reader_next(&reader, &msg, &len);
	}
	ck_assert_int_eq(got, -EMSGSIZE);
	ck_assert_int_eq(take_parts(&at, steps[_i]), LARGE);
	must_be_wire(LARGE);
	while ((got = record_reader_next(&reader, &msg, &len)) == 0)
		ck_assert_uint_gt(feed(&at, steps[_i]), 0);
	ck_assert_int_eq(got, 1);
	ck_assert_uint_eq(len, 5);
	ck_assert_mem_eq(msg, wire + size - 5, 5);
}
END_TEST

static void
refused(int err)
{
	const uint8_t *msg;
	size_t at = 0, len;

	feed(&at, size);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), -EMSGSIZE);
	ck_assert_int_eq((int)take_parts(&at, size), err);
}

START_TEST(parts_are_refused_over_their_limit_all_together)
{
	add(2000, false);
	add(MAX - 2000 + 1, true);
	refused(-EMSGSIZE);
}
END_TEST

START_TEST(a_single_fragment_over_the_limit_of_parts_is_refused)
{
	add(MAX + 1, true);
	refused(-EMSGSIZE);
}
END_TEST

START_TEST(empty_fragments_are_counted_in_parts_as_well)
{
	add(2000, false);
	for (int i = 0; i < 3; i++)
		add(0, false);
	refused(-EBADMSG);
}
END_TEST

START_TEST(the_first_mark_may_be_the_one_that_is_too_large)
{
	const uint8_t *msg;
	size_t at = 0, len;

	/* The record before it was the last of its own. */
	add(10, true);
	add(LARGE, true);
	feed(&at, 14);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), 1);
	feed(&at, 4);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), -EMSGSIZE);
	ck_assert_int_eq(take_parts(&at, WINDOW), LARGE);
	ck_assert_mem_eq(taken, wire + 18, LARGE);
}
END_TEST

START_TEST(a_limit_lowered_in_the_middle_of_a_record_leaves_no_room)
{
	struct record_limits mine = limits;
	const uint8_t *msg;
	size_t at = 0, len;

	record_reader_limit(&reader, &mine);
	add(LIMIT - 100, false);
	add(LARGE, false);
	feed(&at, LIMIT - 100 + 4);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), 0);
	mine.record = 100;
	feed(&at, 4);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), -EMSGSIZE);
}
END_TEST

START_TEST(other_limits_hold_from_the_next_record_on)
{
	static const struct record_limits eight = { 8, 1, 0 };
	static const struct record_limits no_fragment = { 8, 0, 0 };
	const uint8_t *msg;
	size_t at = 0, len;

	add(8, true);
	add(9, true);
	record_reader_limit(&reader, &eight);
	feed(&at, size);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), 1);
	ck_assert_uint_eq(len, 8);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), -EMSGSIZE);
	record_reader_release(&reader);
	record_reader_init(&reader, &no_fragment, &budget);
	at = 0;
	feed(&at, size);
	ck_assert_int_eq(record_reader_next(&reader, &msg, &len), -EBADMSG);
}
END_TEST

/* What n bytes are whose first are a mark. */
static size_t
lone(size_t n, uint32_t mark)
{
	be32_put(wire, mark);
	return record_lone(wire, n, reader.whole_max);
}

START_TEST(a_lone_record_is_all_that_came_and_has_one_fragment)
{
	for (uint32_t len = 1; len <= LIMIT; len++) {
		ck_assert_uint_eq(lone(4 + len, RECORD_LAST | len), len);
		ck_assert_uint_eq(lone(4 + len, len), 0);
		ck_assert_uint_eq(lone(3 + len, RECORD_LAST | len), 0);
		ck_assert_uint_eq(lone(5 + len, RECORD_LAST | len), 0);
	}
	ck_assert_uint_eq(lone(5 + LIMIT, RECORD_LAST | (LIMIT + 1)), 0);
	ck_assert_uint_eq(lone(4, RECORD_LAST), 0);
	for (size_t n = 0; n < 4; n++)
		ck_assert_uint_eq(lone(n, RECORD_LAST | (uint32_t)(n - 4)), 0);
}
END_TEST

Suite *
record_parts_suite(void)
{
	Suite *s = suite_create("record_parts");
	TCase *t = tcase_create("record_parts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t,
	    a_record_over_the_limit_comes_in_parts_and_the_next_one_whole, 0,
	    (int)(sizeof(steps) / sizeof(steps[0])));
	tcase_add_test(t, parts_are_refused_over_their_limit_all_together);
	tcase_add_test(t, a_single_fragment_over_the_limit_of_parts_is_refused);
	tcase_add_test(t, empty_fragments_are_counted_in_parts_as_well);
	tcase_add_test(t, the_first_mark_may_be_the_one_that_is_too_large);
	tcase_add_test(t,
	    a_limit_lowered_in_the_middle_of_a_record_leaves_no_room);
	tcase_add_test(t, other_limits_hold_from_the_next_record_on);
	tcase_add_test(t,
	    a_lone_record_is_all_that_came_and_has_one_fragment);
	suite_add_tcase(s, t);
	return s;
}
