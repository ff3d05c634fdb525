/*
 * How long a peer's turn is while others wait: turn-records at least, more
 * while that takes less than turn-us. No test depends on how fast the machine
 * is: an hour is never over, and no thousand calls take a microsecond. Run by
 * main.c.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "be.h"
#include "echo.h"
#include "log.h"
#include "record.h"
#include "server/peer.h"
#include "server/peer_watch.h"
#include "server/server.h"
#include "server/service.h"
#include "server/worker.h"
#include "suites.h"

enum { CALL_SIZE = 20, REPLY_SIZE = 12, CALLS_MAX = 4000 };

#define AN_HOUR 3600000000ULL	/* microseconds */

static struct server server;
static struct worker worker;
static struct peer *peer;
static struct list other;	/* has records left over as well */
static int client;

static void
start(uint64_t records, uint64_t us)
{
	struct origin o = { .mech = MECH_ID_unix, .netid = "x-unix" };
	int fds[2];

	log_set_level(LOG_LEVEL_ERROR);
	ck_assert_int_eq(services_init(), 0);
	server = (struct server){ .limits = limits_default };
	server.limits.turn_records = records;
	server.limits.turn_bytes = records * 64;
	server.limits.turn_us = us;
	server.budget.limit = server.limits.buffers;
	server.record_limits.record = (size_t)server.limits.record;
	server.record_limits.fragments = 1;
	ck_assert_int_eq(worker_init(&worker, &server, 0), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	client = fds[1];
	peer = peer_new(&server, fds[0], fds[0], &o);
	ck_assert(peer != NULL);
	atomic_fetch_add(&server.peers, 1);
	peer_start(peer, &worker);
	list_init(&other);
	list_append(&worker.backlog, &other);
}

static void
teardown(void)
{
	list_remove(&other);
	worker_release(&worker);
	close(client);
}

/* Sends n calls of NULL, which the peer takes in with one read. */
static void
send_calls(unsigned n)
{
	static uint8_t calls[CALLS_MAX * CALL_SIZE];

	for (unsigned i = 0; i < n; i++) {
		uint8_t *c = calls + i * CALL_SIZE;

		record_mark(c, CALL_SIZE - RECORD_MARK);
		be32_put(c + 4, i);
		be32_put(c + 8, ECHO_PROG);
		be32_put(c + 12, ECHO_V1);
		be32_put(c + 16, ECHO_NULL);
	}
	ck_assert_int_eq(write(client, calls, n * CALL_SIZE), n * CALL_SIZE);
	ck_assert(peer_read(peer));
}

/* The answers that have come since the last look. */
static unsigned
answers(void)
{
	static uint8_t replies[CALLS_MAX * REPLY_SIZE];
	ssize_t n = read(client, replies, sizeof(replies));

	return n < 0 ? 0 : (unsigned)n / REPLY_SIZE;
}

START_TEST(without_time_a_turn_is_turn_records)
{
	start(16, 0);
	send_calls(40);
	ck_assert_uint_eq(answers(), 16);
	ck_assert(!list_empty(&peer->backlog));
	peer_serve(peer);
	ck_assert_uint_eq(answers(), 16);
	peer_serve(peer);
	ck_assert_uint_eq(answers(), 8);
	ck_assert(list_empty(&peer->backlog));
}
END_TEST

START_TEST(what_fits_one_turn_leaves_nothing_for_another)
{
	start(16, 0);
	send_calls(16);
	ck_assert_uint_eq(answers(), 16);
	ck_assert(list_empty(&peer->backlog));
}
END_TEST

START_TEST(while_it_is_short_a_turn_goes_on)
{
	start(16, AN_HOUR);
	send_calls(100);
	ck_assert_uint_eq(answers(), 100);
	ck_assert(list_empty(&peer->backlog));
}
END_TEST

START_TEST(calls_that_take_longer_end_it_at_turn_records)
{
	start(1000, 1);
	send_calls(2500);
	ck_assert_uint_eq(answers(), 1000);
	ck_assert(!list_empty(&peer->backlog));
	peer_serve(peer);
	ck_assert_uint_eq(answers(), 1000);
}
END_TEST

START_TEST(alone_it_goes_on_for_eight_times_as_many)
{
	start(16, 0);
	list_remove(&other);
	send_calls(200);
	ck_assert_uint_eq(answers(), 8 * 16);
	ck_assert(!list_empty(&peer->backlog));
}
END_TEST

START_TEST(it_is_not_alone_where_the_loop_waits_for_its_turn)
{
	start(16, 0);
	list_remove(&other);
	/* This one reads directly, and another thread has drawn a number. */
	atomic_store(&worker.direct.turns.next, 2);
	send_calls(200);
	ck_assert_uint_eq(answers(), 16);
	atomic_store(&worker.direct.turns.next, 0);
}
END_TEST

START_TEST(a_call_read_from_a_peer_that_was_paused_meanwhile_waits)
{
	start(16, 0);
	send_calls(1);
	ck_assert_uint_eq(answers(), 1);
	peer->paused = true;
	send_calls(1);
	ck_assert_uint_eq(answers(), 0);
	peer_resume(peer);
	peer_serve(peer);
	ck_assert_uint_eq(answers(), 1);
}
END_TEST

Suite *
fair_suite(void)
{
	Suite *s = suite_create("fair");
	TCase *t = tcase_create("fair");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, without_time_a_turn_is_turn_records);
	tcase_add_test(t, what_fits_one_turn_leaves_nothing_for_another);
	tcase_add_test(t, while_it_is_short_a_turn_goes_on);
	tcase_add_test(t, calls_that_take_longer_end_it_at_turn_records);
	tcase_add_test(t, alone_it_goes_on_for_eight_times_as_many);
	tcase_add_test(t, it_is_not_alone_where_the_loop_waits_for_its_turn);
	tcase_add_test(t,
	    a_call_read_from_a_peer_that_was_paused_meanwhile_waits);
	suite_add_tcase(s, t);
	return s;
}
