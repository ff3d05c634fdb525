/*
 * Tests for common/chan: what is lent to a channel leaves in its place among
 * the bytes that were copied, however little goes at once.
 */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "chan.h"
#include "fd.h"
#include "pattern.h"
#include "suites.h"

enum { LENT = 100000, HEADS = 40, HEAD = 24, ALL = HEADS * (LENT + HEAD) };

static const struct record_limits limits = { 1 << 20, 16, 4 };
static uint8_t lent[LENT], got[ALL], expected[ALL];

/* A channel whose socket takes little at once; the other end. */
static int
open_chan(struct chan *c, struct budget *budget)
{
	int fds[2], little = 1;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0, fds), 0);
	setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &little, sizeof(little));
	chan_init(c, fds[0], fds[0], &limits, budget);
	pattern_fill(lent, sizeof(lent), 3);
	return fds[1];
}

/* A head of its own and lent bytes behind at of it; what that is. */
static void
lend(struct chan *c, unsigned i, size_t at)
{
	uint8_t *to = expected + (size_t)i * (LENT + HEAD), head[HEAD];
	struct buf b = { 0 };

	pattern_fill(head, sizeof(head), 100 + i);
	memcpy(to, head, at);
	memcpy(to + at, lent, LENT);
	memcpy(to + at + LENT, head + at, HEAD - at);
	ck_assert_int_eq(buf_append(&b, head, sizeof(head)), 0);
	ck_assert_int_eq(chan_lend(c, &b, at, lent, LENT), 0);
	ck_assert_uint_eq(b.len, 0);
	buf_release(&b);
}

/* Takes what has come, and sends more, until n bytes have come in all. */
static void
take(struct chan *c, int fd, size_t *have, size_t n)
{
	while (*have < n) {
		ssize_t some = fd_read(fd, got + *have, n - *have);
		int err = chan_flush(c);

		ck_assert(some > 0 || some == -EAGAIN);
		ck_assert(err == 0 || err == -EAGAIN);
		*have += some > 0 ? (size_t)some : 0;
	}
}

START_TEST(lent_bytes_leave_in_their_place)
{
	struct chan c;
	int fd = open_chan(&c, NULL);
	size_t have = 0;

	for (unsigned i = 0; i < HEADS / 2; i++)
		lend(&c, i, i % (HEAD + 1));
	take(&c, fd, &have, ALL / 3);
	for (unsigned i = HEADS / 2; i < HEADS; i++)
		lend(&c, i, i % (HEAD + 1));
	ck_assert_uint_gt(chan_queued(&c), 0);
	take(&c, fd, &have, ALL);
	ck_assert_mem_eq(got, expected, ALL);
	ck_assert_uint_eq(chan_queued(&c), 0);
	ck_assert_ptr_null(c.out.data);
	ck_assert_ptr_null(c.loans.data);
	chan_release(&c);
	fd_close(fd);
}
END_TEST

START_TEST(what_is_kept_may_change_where_it_was)
{
	struct chan c;
	int fd = open_chan(&c, NULL);
	size_t have = 0;

	for (unsigned i = 0; i < HEADS; i++)
		lend(&c, i, HEAD);
	take(&c, fd, &have, ALL / 2);
	ck_assert_int_eq(chan_keep(&c), 0);
	memset(lent, 0, sizeof(lent));
	take(&c, fd, &have, ALL);
	ck_assert_mem_eq(got, expected, ALL);
	chan_release(&c);
	fd_close(fd);
}
END_TEST

START_TEST(what_is_lent_costs_no_budget_until_it_is_kept)
{
	struct budget budget = { .limit = 3 * LENT };
	struct chan c;
	int fd = open_chan(&c, &budget);

	for (unsigned i = 0; i < 5; i++)
		lend(&c, i, HEAD);
	ck_assert_uint_lt(budget.used, LENT);
	ck_assert_uint_gt(chan_queued(&c), budget.limit);
	ck_assert_int_eq(chan_keep(&c), -ENOBUFS);
	ck_assert_uint_le(budget.used, budget.limit);
	chan_release(&c);
	ck_assert_uint_eq(budget.used, 0);
	fd_close(fd);
}
END_TEST

START_TEST(memory_that_becomes_the_queue_counts_in_its_budget)
{
	struct budget budget = { .limit = 4 * LENT };
	struct buf b = { 0 };
	struct chan c;
	int fd = open_chan(&c, &budget);

	ck_assert_int_eq(buf_append(&b, lent, LENT), 0);
	ck_assert_int_eq(chan_send(&c, &b), 0);
	ck_assert_uint_ge(budget.used, chan_queued(&c));
	ck_assert_ptr_null(b.budget);
	ck_assert_int_eq(buf_append(&b, lent, LENT), 0);
	buf_release(&b);
	chan_release(&c);
	ck_assert_uint_eq(budget.used, 0);
	fd_close(fd);
}
END_TEST

START_TEST(memory_joins_a_queue_without_a_copy)
{
	struct budget budget = { .limit = 8 * LENT };
	struct buf b = { 0 };
	struct chan c;
	int fd = open_chan(&c, &budget);
	size_t have = 0;

	for (unsigned i = 0; i < 5; i++) {
		ck_assert_int_eq(buf_append(&b, lent, LENT), 0);
		memcpy(expected + (size_t)i * (LENT + 1), lent, LENT);
		ck_assert_int_eq(i == 3 ? chan_give(&c, &b) :
		    chan_send(&c, &b), 0);
		/* What is small is copied, and keeps its place. */
		ck_assert_int_eq(buf_append(&b, "x", 1), 0);
		expected[(size_t)i * (LENT + 1) + LENT] = 'x';
		ck_assert_int_eq(chan_send(&c, &b), 0);
		buf_release(&b);
	}
	ck_assert_uint_ge(c.lent, 4 * LENT);
	ck_assert_uint_ge(budget.used, chan_queued(&c));
	take(&c, fd, &have, (size_t)5 * (LENT + 1));
	ck_assert_mem_eq(got, expected, have);
	ck_assert_uint_eq(budget.used, 0);
	chan_release(&c);
	fd_close(fd);
}
END_TEST

/* A record comes from the other end, with more behind it; its body is lent. */
static void
lend_record(struct chan *c, int fd, size_t more)
{
	static uint8_t window[8 << 10];
	uint8_t mark[RECORD_MARK];
	struct buf head = { 0 };
	const uint8_t *msg;
	size_t len, room;
	ssize_t n;

	record_mark(mark, LENT);
	ck_assert_int_eq(fd_write_all(fd, mark, sizeof(mark)), 0);
	ck_assert_int_eq(fd_write_all(fd, lent, LENT), 0);
	ck_assert_int_eq(fd_write_all(fd, mark, more), 0);
	while (chan_next(c, &msg, &len) == 0) {
		ck_assert_int_eq(chan_park(c), 0);
		n = chan_read(c, window, sizeof(window), &room);
		ck_assert_int_gt(n, 0);
	}
	ck_assert_uint_eq(len, LENT);
	ck_assert_int_eq(buf_append(&head, "head", 4), 0);
	ck_assert_int_eq(chan_lend(c, &head, 4, msg, LENT), 0);
	buf_release(&head);
}

START_TEST(a_record_that_is_kept_takes_its_memory_along)
{
	struct budget budget = { .limit = 2 * LENT };
	const uint8_t *msg;
	struct chan c;
	int fd = open_chan(&c, &budget);
	size_t have = 0, len;

	lend_record(&c, fd, 3);
	msg = c.in.own.data;
	ck_assert(record_reader_has(&c.in, msg));
	ck_assert_int_eq(chan_keep_record(&c), 0);
	ck_assert(!record_reader_has(&c.in, msg));
	ck_assert_uint_eq(record_reader_pending(&c.in), 3);
	/* Two of them would not be in the budget. */
	ck_assert_uint_gt(budget.used, LENT);
	ck_assert_int_eq(chan_next(&c, &msg, &len), 0);
	ck_assert_int_eq(chan_park(&c), 0);
	take(&c, fd, &have, 4 + LENT);
	ck_assert_mem_eq(got, "head", 4);
	ck_assert_mem_eq(got + 4, lent, LENT);
	chan_release(&c);
	ck_assert_uint_eq(budget.used, 0);
	fd_close(fd);
}
END_TEST

START_TEST(memory_over_the_budget_does_not_become_the_queue)
{
	struct budget budget = { .limit = LENT / 2 };
	struct buf b = { 0 };
	struct chan c;
	int fd = open_chan(&c, &budget);

	ck_assert_int_eq(buf_append(&b, lent, LENT), 0);
	ck_assert_int_eq(chan_send(&c, &b), -ENOBUFS);
	ck_assert_uint_eq(budget.used, 0);
	buf_release(&b);
	chan_release(&c);
	fd_close(fd);
}
END_TEST

Suite *
chan_suite(void)
{
	Suite *s = suite_create("chan");
	TCase *t = tcase_create("queue");

	tcase_add_test(t, lent_bytes_leave_in_their_place);
	tcase_add_test(t, what_is_kept_may_change_where_it_was);
	tcase_add_test(t, what_is_lent_costs_no_budget_until_it_is_kept);
	tcase_add_test(t,
	    memory_that_becomes_the_queue_counts_in_its_budget);
	tcase_add_test(t, memory_joins_a_queue_without_a_copy);
	tcase_add_test(t, a_record_that_is_kept_takes_its_memory_along);
	tcase_add_test(t, memory_over_the_budget_does_not_become_the_queue);
	suite_add_tcase(s, t);
	return s;
}
