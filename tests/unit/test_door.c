/*
 * Peers that come while workers begin to drain, one after the other: the
 * threads' parts are played in turn, and nothing waits. Run by main.c.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "server/peer.h"
#include "server/server.h"
#include "server/worker.h"
#include "suites.h"

enum { WORKERS = 2 };

static struct worker workers[WORKERS];
static struct server server;
static int client;

static void
setup(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	server = (struct server){ .limits = limits_default,
		.workers = workers, .nworkers = WORKERS, .next_worker = 1 };
	server.budget.limit = server.limits.buffers;
	for (unsigned i = 0; i < WORKERS; i++)
		ck_assert_int_eq(worker_init(&workers[i], &server, i), 0);
}

static void
teardown(void)
{
	for (unsigned i = 0; i < WORKERS; i++)
		worker_release(&workers[i]);
	close(client);
}

/* One comes to the first worker, in whose thread this is, and the second is
 * next in turn. */
static void
come(void)
{
	struct origin o = { .mech = MECH_ID_unix, .netid = "x-unix" };
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	client = fds[1];
	worker_enter(&workers[0]);
	ck_assert_int_eq(server_adopt(&server, NULL, fds[0], fds[0], &o, NULL),
	    0);
}

static void
begin_to_drain(struct worker *w)
{
	worker_enter(w);
	w->loop.woken(&w->loop);
	ck_assert(w->draining);
}

START_TEST(a_worker_that_is_next_takes_a_peer_over)
{
	come();
	ck_assert(workers[1].arrived != NULL);
	ck_assert(list_empty(&workers[0].peers));
	ck_assert_uint_eq(atomic_load(&workers[1].npeers), 1);
}
END_TEST

START_TEST(what_came_before_a_worker_drains_is_drained)
{
	come();
	atomic_store(&server.drain, true);
	begin_to_drain(&workers[1]);
	ck_assert(workers[1].arrived == NULL);
	/* Idle, it is closed at once; the pass frees it. */
	ck_assert(list_empty(&workers[1].peers));
	workers[1].loop.pass(&workers[1].loop);
	ck_assert(workers[1].loop.stop);
	ck_assert_uint_eq(atomic_load(&server.peers), 0);
}
END_TEST

START_TEST(nothing_is_handed_to_a_worker_that_drains)
{
	atomic_store(&server.drain, true);
	begin_to_drain(&workers[1]);
	workers[1].loop.pass(&workers[1].loop);
	ck_assert(workers[1].loop.stop);
	come();
	ck_assert(workers[1].arrived == NULL);
	ck_assert_uint_eq(atomic_load(&workers[1].npeers), 0);
	ck_assert(!list_empty(&workers[0].peers));
	ck_assert_uint_eq(atomic_load(&workers[0].npeers), 1);
}
END_TEST

Suite *
door_suite(void)
{
	Suite *s = suite_create("door");
	TCase *t = tcase_create("door");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_worker_that_is_next_takes_a_peer_over);
	tcase_add_test(t, what_came_before_a_worker_drains_is_drained);
	tcase_add_test(t, nothing_is_handed_to_a_worker_that_drains);
	suite_add_tcase(s, t);
	return s;
}
