/*
 * Turns: one at a time, in the order of coming; and a loop that gives its
 * turn away while it waits. Nothing here depends on who is faster. Run by
 * main.c.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "list.h"
#include "loop.h"
#include "suites.h"
#include "turns.h"

enum { ROUNDS = 20000, THREADS = 3 };

static struct turns turns;
static unsigned shared;		/* belongs to whoever has the turn */

static void
setup(void)
{
	memset(&turns, 0, sizeof(turns));
	shared = 0;
}

/* How many have the turn or wait for it? */
static unsigned
queued(void)
{
	return atomic_load(&turns.next) - atomic_load(&turns.serving);
}

static void
wait_for_queue(unsigned n)
{
	while (queued() < n)
		sched_yield();
}

static void *
count(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		turns_take(&turns);
		shared++;
		turns_give(&turns);
	}
	return NULL;
}

START_TEST(one_at_a_time_has_the_turn)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, count,
		    NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(shared, THREADS * ROUNDS);
	ck_assert_uint_eq(queued(), 0);
}
END_TEST

START_TEST(numbers_may_wrap)
{
	atomic_store(&turns.next, -(unsigned)ROUNDS);
	atomic_store(&turns.serving, -(unsigned)ROUNDS);
	for (int i = 0; i < 2; i++)
		count(NULL);
	ck_assert_uint_eq(shared, 2 * ROUNDS);
}
END_TEST

static void *
count_once(void *arg)
{
	(void)arg;
	turns_take(&turns);
	shared++;
	turns_give(&turns);
	return NULL;
}

START_TEST(who_gives_the_turn_and_wants_it_back_comes_after_those_who_wait)
{
	pthread_t thread;

	for (int i = 0; i < 100; i++) {
		turns_take(&turns);
		shared = 0;
		ck_assert_int_eq(pthread_create(&thread, NULL, count_once,
		    NULL), 0);
		wait_for_queue(2);
		turns_give(&turns);
		turns_take(&turns);
		ck_assert_uint_eq(shared, 1);
		turns_give(&turns);
		pthread_join(thread, NULL);
	}
}
END_TEST

/* A loop that waits while others have their turns. */
static struct loop loop;
static struct loop_io io;
static unsigned told;
static int ends[2];

static void
ready(struct loop_io *watched, uint32_t events)
{
	(void)watched, (void)events;
	told++;
	loop.stop = true;
}

static void
stop(struct loop *l)
{
	l->stop = true;
}

static void *
run_loop(void *arg)
{
	(void)arg;
	turns_take(&turns);
	ck_assert_int_eq(loop_run(&loop), 0);
	turns_give(&turns);
	return NULL;
}

static void
setup_loop(void)
{
	setup();
	told = 0;
	ck_assert_int_eq(loop_init(&loop), 0);
	ck_assert_int_eq(pipe(ends), 0);
	io.ready = ready;
	ck_assert_int_eq(loop_add(&loop, &io, ends[0], EPOLLIN, 0), 0);
	loop.turns = &turns;
	loop.woken = stop;
}

static void
teardown_loop(void)
{
	loop_release(&loop);
	close(ends[0]);
	close(ends[1]);
}

/* Starts the loop's thread, and takes the turn when it waits. */
static pthread_t
start_loop(void)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, run_loop, NULL), 0);
	while (atomic_load(&turns.serving) == 0)
		sched_yield();
	turns_take(&turns);
	return thread;
}

START_TEST(a_loop_in_turns_tells_what_it_found_when_it_has_its_turn)
{
	pthread_t thread = start_loop();

	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	wait_for_queue(2);
	ck_assert_uint_eq(told, 0);
	turns_give(&turns);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(told, 1);
}
END_TEST

START_TEST(what_was_found_is_void_when_another_stopped_watching_meanwhile)
{
	pthread_t thread = start_loop();

	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	wait_for_queue(2);
	loop_del(&loop, &io);
	io.ready = NULL;	/* its owner may be freed now */
	loop_wake(&loop);
	turns_give(&turns);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(told, 0);
}
END_TEST

static void
fired(struct timer *t, uint64_t now)
{
	(void)t, (void)now;
	told++;
	loop.stop = true;
}

START_TEST(a_timer_set_by_another_is_not_slept_through)
{
	struct timer timer = { .fire = fired };
	pthread_t thread = start_loop();

	loop.woken = NULL;
	ck_assert_int_eq(timer_set(&loop.timers, &timer, 1), 0);
	loop_pass(&loop);
	turns_give(&turns);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(told, 1);
}
END_TEST

Suite *
turns_suite(void)
{
	Suite *s = suite_create("turns");
	TCase *t = tcase_create("turns");
	TCase *l = tcase_create("loop");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, one_at_a_time_has_the_turn);
	tcase_add_test(t, numbers_may_wrap);
	tcase_add_test(t,
	    who_gives_the_turn_and_wants_it_back_comes_after_those_who_wait);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(l, setup_loop, teardown_loop);
	tcase_add_test(l, a_loop_in_turns_tells_what_it_found_when_it_has_its_turn);
	tcase_add_test(l,
	    what_was_found_is_void_when_another_stopped_watching_meanwhile);
	tcase_add_test(l, a_timer_set_by_another_is_not_slept_through);
	suite_add_tcase(s, l);
	return s;
}
