/*
 * How slowly a peer may read its replies, in time that is made up: the clock
 * of the loop is set by hand, and nothing waits. Run by main.c.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "server/dispatch.h"
#include "server/peer.h"
#include "server/peer_watch.h"
#include "server/server.h"
#include "server/worker.h"
#include "suites.h"

enum { QUEUED = 256 << 10, SMALL_BUFFER = 4096 };

static struct server server;
static struct worker worker;
static struct peer *peer;
static int client;

static void
setup(void)
{
	struct origin o = { .mech = MECH_ID_unix, .netid = "x-unix" };
	int fds[2], small = SMALL_BUFFER;

	log_set_level(LOG_LEVEL_ERROR);
	server = (struct server){ .limits = limits_default };
	server.limits.stall_ms = 30000;
	server.limits.record_rate = 1024;
	server.budget.limit = server.limits.buffers;
	ck_assert_int_eq(worker_init(&worker, &server, 0), 0);
	worker.loop.now = NS_PER_S;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	client = fds[1];
	peer = peer_new(&server, fds[0], fds[0], &o);
	ck_assert(peer != NULL);
	atomic_fetch_add(&server.peers, 1);
	peer_start(peer, &worker);
}

static void
teardown(void)
{
	worker_release(&worker);
	close(client);
}

/* Replies come, as many as are wanted to be waiting. */
static void
fill_queue(size_t wanted)
{
	static const uint8_t zeros[QUEUED];
	size_t queued = chan_queued(&peer->chan);

	if (queued < wanted)
		ck_assert_int_eq(chan_write(&peer->chan, zeros,
		    wanted - queued), 0);
	peer_watch_update(peer);
}

/* The client reads n bytes of what has got to it, as far as there are so many. */
static void
client_reads(size_t n)
{
	static char data[QUEUED];
	ssize_t got = 1;

	for (; n > 0 && got > 0; n -= (size_t)got) {
		got = read(client, data, n < sizeof(data) ? n : sizeof(data));
		if (got < 0)
			break;
	}
}

/* Seconds pass, in each of which it reads so many bytes, or until it is closed. */
static unsigned
read_for(unsigned seconds, size_t rate, size_t keep)
{
	unsigned i;

	for (i = 0; i < seconds && !peer->closed; i++) {
		worker.loop.now += NS_PER_S;
		client_reads(rate);
		peer_flush(peer);
		timers_run(&worker.loop.timers, worker.loop.now);
		if (!peer->closed && keep > 0)
			fill_queue(keep);
	}
	return i;
}

START_TEST(who_reads_a_few_bytes_a_second_is_closed)
{
	fill_queue(QUEUED);
	ck_assert_uint_lt(read_for(100, 140, 0), 100);
	ck_assert(peer->closed);
}
END_TEST

START_TEST(who_reads_nothing_is_closed_at_stall_ms)
{
	fill_queue(QUEUED);
	ck_assert_uint_eq(read_for(100, 0, 0), 30);
	ck_assert(peer->closed);
}
END_TEST

START_TEST(who_reads_at_the_rate_keeps_its_queue_for_ever)
{
	fill_queue(QUEUED);
	read_for(3600, 2 * 1024, QUEUED);
	ck_assert(!peer->closed);
	ck_assert_uint_gt(chan_queued(&peer->chan), QUEUED / 2);
}
END_TEST

START_TEST(having_been_fast_is_no_credit_for_being_slow)
{
	fill_queue(QUEUED);
	read_for(600, 64 << 10, QUEUED);
	ck_assert(!peer->closed);
	ck_assert_uint_lt(read_for(200, 140, QUEUED), 200);
	ck_assert(peer->closed);
}
END_TEST

START_TEST(without_a_rate_any_progress_will_do)
{
	server.limits.record_rate = 0;
	fill_queue(QUEUED);
	read_for(600, 140, 0);
	ck_assert(!peer->closed);
}
END_TEST

Suite *
slow_suite(void)
{
	Suite *s = suite_create("slow");
	TCase *t = tcase_create("slow");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, who_reads_a_few_bytes_a_second_is_closed);
	tcase_add_test(t, who_reads_nothing_is_closed_at_stall_ms);
	tcase_add_test(t, who_reads_at_the_rate_keeps_its_queue_for_ever);
	tcase_add_test(t, having_been_fast_is_no_credit_for_being_slow);
	tcase_add_test(t, without_a_rate_any_progress_will_do);
	suite_add_tcase(s, t);
	return s;
}
