/*
 * Trains of datagrams over a pair of sockets on 127.0.0.1: what goes in comes
 * out, as a train or one by one. Run by main.c.
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "suites.h"
#include "train.h"

enum { SIZE = 40, MANY = 200 };	/* more than any kernel takes as a train */

static int from, to;
static uint8_t sent[MANY * SIZE], got[TRAIN_BUFFER];

static int
bound(struct sockaddr_in *a)
{
	struct timeval limit = { .tv_sec = 10 };
	socklen_t len = sizeof(*a);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*a = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)a, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)a, &len), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static void
setup(void)
{
	struct sockaddr_in a, b;

	from = bound(&a);
	to = bound(&b);
	ck_assert_int_eq(connect(from, (struct sockaddr *)&b, sizeof(b)), 0);
	ck_assert_int_eq(connect(to, (struct sockaddr *)&a, sizeof(a)), 0);
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i / SIZE + i);
}

static void
teardown(void)
{
	close(from);
	close(to);
}

/* Receives the n bytes that were sent, however they are cut. */
static void
expect(size_t n, size_t size)
{
	size_t segment;

	for (size_t at = 0; at < n;) {
		ssize_t r = train_receive(to, got, sizeof(got), &segment);

		ck_assert_int_gt(r, 0);
		ck_assert_uint_le((size_t)r, n - at);
		ck_assert_uint_eq(segment, (size_t)r < size ? (size_t)r : size);
		ck_assert_mem_eq(got, sent + at, (size_t)r);
		at += (size_t)r;
	}
}

START_TEST(a_train_comes_with_the_size_of_its_datagrams)
{
	train_accept(to);
	ck_assert_int_eq(train_send(from, sent, 10 * SIZE + 7, SIZE), 0);
	expect(10 * SIZE + 7, SIZE);
}
END_TEST

START_TEST(who_did_not_ask_for_trains_gets_datagrams)
{
	size_t segment;

	ck_assert_int_eq(train_send(from, sent, 2 * SIZE + 7, SIZE), 0);
	ck_assert_int_eq(train_receive(to, got, sizeof(got), &segment), SIZE);
	ck_assert_int_eq(train_receive(to, got, sizeof(got), &segment), SIZE);
	ck_assert_int_eq(train_receive(to, got, sizeof(got), &segment), 7);
	ck_assert_uint_eq(segment, 7);
}
END_TEST

START_TEST(one_datagram_is_no_train)
{
	train_accept(to);
	ck_assert_int_eq(train_send(from, sent, SIZE, SIZE), 0);
	expect(SIZE, SIZE);
}
END_TEST

START_TEST(what_the_kernel_does_not_take_as_a_train_goes_one_by_one)
{
	size_t segment;

	ck_assert_int_eq(train_send(from, sent, MANY * SIZE, SIZE), 0);
	for (int i = 0; i < MANY; i++) {
		ck_assert_int_eq(train_receive(to, got, sizeof(got),
		    &segment), SIZE);
		ck_assert_mem_eq(got, sent + i * SIZE, SIZE);
	}
}
END_TEST

Suite *
train_suite(void)
{
	Suite *s = suite_create("train");
	TCase *t = tcase_create("train");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_train_comes_with_the_size_of_its_datagrams);
	tcase_add_test(t, who_did_not_ask_for_trains_gets_datagrams);
	tcase_add_test(t, one_datagram_is_no_train);
	tcase_add_test(t,
	    what_the_kernel_does_not_take_as_a_train_goes_one_by_one);
	suite_add_tcase(s, t);
	return s;
}
