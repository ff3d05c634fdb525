/*
 * The timer heap against a sorted list, and the promises of the event loop.
 * Nothing here waits: what is to happen has happened before a pass begins.
 * Run by main.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "list.h"
#include "loop.h"
#include "measure/stats.h"
#include "suites.h"

enum { TIMERS = 500, STEPS = 20000, SPAN = 1000 };

struct probe {
	struct timer timer;
	uint64_t due;		/* the reference: 0 when not set */
	unsigned fired;
};

static struct timers timers;
static struct probe probes[TIMERS];
static uint64_t last_fired;

static void
in_order(struct timer *t, uint64_t now)
{
	struct probe *p = container_of(t, struct probe, timer);

	ck_assert_uint_eq(t->slot, 0);
	ck_assert_uint_eq(p->due, t->when);
	ck_assert_uint_le(p->due, now);
	ck_assert_uint_ge(p->due, last_fired);
	last_fired = p->due;
	p->due = 0;
	p->fired++;
}

static uint64_t
earliest(void)
{
	uint64_t first = UINT64_MAX;

	for (int i = 0; i < TIMERS; i++)
		if (probes[i].due != 0 && probes[i].due < first)
			first = probes[i].due;
	return first;
}

static void
setup_timers(void)
{
	memset(probes, 0, sizeof(probes));
	for (int i = 0; i < TIMERS; i++)
		probes[i].timer.fire = in_order;
}

static void
set_or_clear(struct probe *p, uint64_t now, uint64_t random)
{
	if (random % 4 == 0) {
		timer_clear(&timers, &p->timer);
		p->due = 0;
		return;
	}
	p->due = now + 1 + random / 4 % SPAN;
	ck_assert_int_eq(timer_set(&timers, &p->timer, p->due), 0);
}

START_TEST(timers_fire_in_order_whatever_was_set_moved_and_cleared)
{
	uint64_t state = 11, now = 0;

	setup_timers();
	for (int i = 0; i < STEPS; i++) {
		set_or_clear(&probes[stats_random(&state) % TIMERS], now,
		    stats_random(&state));
		ck_assert_uint_eq(timers_next(&timers), earliest());
		if (stats_random(&state) % 8 != 0)
			continue;
		now += stats_random(&state) % 50;
		last_fired = 0;
		timers_run(&timers, now);
		ck_assert_uint_gt(earliest(), now);
	}
	timers_release(&timers);
}
END_TEST

START_TEST(clearing_a_timer_that_is_not_set_is_legal)
{
	struct timer t = { 0 };

	timer_clear(&timers, &t);
	ck_assert_uint_eq(timers_next(&timers), UINT64_MAX);
	timers_run(&timers, 1000);
}
END_TEST

static void
clears_the_second(struct timer *t, uint64_t now)
{
	(void)t, (void)now;
	timer_clear(&timers, &probes[1].timer);
}

START_TEST(a_timer_cleared_by_one_of_the_same_moment_does_not_fire)
{
	setup_timers();
	probes[0].timer.fire = clears_the_second;
	for (int i = 0; i < 3; i++) {
		probes[i].due = 5;
		ck_assert_int_eq(timer_set(&timers, &probes[i].timer,
		    (uint64_t)(i == 0 ? 4 : 5)), 0);
	}
	last_fired = 0;
	timers_run(&timers, 5);
	ck_assert_uint_eq(probes[1].fired, 0);
	ck_assert_uint_eq(probes[2].fired, 1);
	timers_release(&timers);
}
END_TEST

static struct loop loop;
static struct watch {
	struct loop_io io;
	int fds[2];
	unsigned ready;
} watches[2];
static unsigned woken, passes;

static void
count_woken(struct loop *l)
{
	(void)l;
	woken++;
}

static void
stop_after_pass(struct loop *l)
{
	passes++;
	l->stop = true;
}

/* A pipe with a byte in it, watched for reading. */
static void
watch(struct watch *w, void (*ready)(struct loop_io *io, uint32_t events))
{
	w->io.ready = ready;
	ck_assert_int_eq(pipe(w->fds), 0);
	ck_assert_int_eq(write(w->fds[1], "x", 1), 1);
	ck_assert_int_eq(loop_add(&loop, &w->io, w->fds[0], EPOLLIN, 0), 0);
}

static void
unwatch(struct watch *w)
{
	loop_del(&loop, &w->io);
	close(w->fds[0]);
	close(w->fds[1]);
}

static void
setup_loop(void)
{
	memset(watches, 0, sizeof(watches));
	watches[0].io.fd = watches[1].io.fd = -1;
	woken = passes = 0;
	ck_assert_int_eq(loop_init(&loop), 0);
	loop.woken = count_woken;
	loop.pass = stop_after_pass;
}

static void
teardown_loop(void)
{
	loop_release(&loop);
}

static void
run_a_pass(void)
{
	loop.stop = false;
	loop.pass_due = true;
	ck_assert_int_eq(loop_run(&loop), 0);
}

START_TEST(waking_ends_a_sleep_once_however_often_it_was_asked_for)
{
	for (int i = 0; i < 1000; i++)
		loop_wake(&loop);
	run_a_pass();
	ck_assert_uint_eq(woken, 1);
	ck_assert_uint_eq(passes, 1);
}
END_TEST

static void
count_ready(struct loop_io *io, uint32_t events)
{
	ck_assert(events & EPOLLIN);
	container_of(io, struct watch, io)->ready++;
}

START_TEST(a_descriptor_that_can_be_read_is_told_of)
{
	watch(&watches[0], count_ready);
	run_a_pass();
	ck_assert_uint_eq(watches[0].ready, 1);
	unwatch(&watches[0]);
}
END_TEST

static void
deletes_the_other(struct loop_io *io, uint32_t events)
{
	struct watch *w = container_of(io, struct watch, io);
	struct watch *other = w == &watches[0] ? &watches[1] : &watches[0];

	(void)events;
	w->ready++;
	loop_del(&loop, &other->io);
	/* Its owner may be freed now. */
	other->io.ready = NULL;
}

START_TEST(an_event_of_a_watcher_deleted_in_the_same_pass_is_dropped)
{
	watch(&watches[0], deletes_the_other);
	watch(&watches[1], deletes_the_other);
	run_a_pass();
	ck_assert_uint_eq(watches[0].ready + watches[1].ready, 1);
	unwatch(&watches[0]);
	unwatch(&watches[1]);
}
END_TEST

START_TEST(a_watcher_that_was_changed_is_told_only_of_what_it_asks_for)
{
	watch(&watches[0], count_ready);
	ck_assert_int_eq(loop_mod(&loop, &watches[0].io, 0), 0);
	loop_wake(&loop);
	run_a_pass();
	ck_assert_uint_eq(watches[0].ready, 0);
	ck_assert_int_eq(loop_mod(&loop, &watches[0].io, EPOLLIN), 0);
	run_a_pass();
	ck_assert_uint_eq(watches[0].ready, 1);
	unwatch(&watches[0]);
}
END_TEST

START_TEST(deleting_twice_or_before_adding_is_legal)
{
	loop_del(&loop, &watches[0].io);
	watch(&watches[0], count_ready);
	unwatch(&watches[0]);
	loop_del(&loop, &watches[0].io);
}
END_TEST

START_TEST(a_bad_descriptor_is_refused)
{
	ck_assert_int_eq(loop_add(&loop, &watches[0].io, -1, EPOLLIN, 0),
	    -EBADF);
	ck_assert_int_eq(watches[0].io.fd, -1);
}
END_TEST

/* Work is found twice; then something from elsewhere ends the sleep. */
static bool
work_twice(struct loop *l)
{
	if (++watches[0].ready <= 2)
		return true;
	loop_wake(l);
	return false;
}

static void
stop_when_woken(struct loop *l)
{
	passes++;
	l->pass_due = true;
	l->stop = woken > 0;
}

START_TEST(the_idle_hook_is_asked_again_without_sleep_while_it_has_work)
{
	loop.idle = work_twice;
	loop.pass = stop_when_woken;
	run_a_pass();
	ck_assert_uint_eq(passes, 3);
	ck_assert_uint_eq(watches[0].ready, 3);
}
END_TEST

static void
stop_when_woken_twice(struct loop *l)
{
	if (++woken == 2)
		l->stop = true;
	else
		loop_wake(l);
}

START_TEST(the_pass_hook_is_for_passes_in_which_it_is_due)
{
	loop.woken = stop_when_woken_twice;
	loop_wake(&loop);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_uint_eq(woken, 2);
	ck_assert_uint_eq(passes, 0);
	loop_wake(&loop);
	run_a_pass();
	ck_assert_uint_eq(passes, 1);
	ck_assert(!loop.pass_due);
}
END_TEST

static void
fired(struct timer *t, uint64_t now)
{
	(void)t;
	ck_assert_uint_ge(now, 1);
	watches[0].ready++;
}

START_TEST(a_timer_that_is_due_keeps_the_loop_from_sleeping)
{
	struct timer t = { .fire = fired };

	ck_assert_int_eq(timer_set(&loop.timers, &t, 1), 0);
	run_a_pass();
	ck_assert_uint_eq(watches[0].ready, 1);
}
END_TEST

/* Another thread's look at the clock is long ago. */
static bool
wake_if_clock_was_looked_at(struct loop *l)
{
	ck_assert_uint_gt(l->now, 0);
	loop_wake(l);
	return false;
}

START_TEST(running_the_loop_begins_with_a_look_at_the_clock)
{
	loop.idle = wake_if_clock_was_looked_at;
	loop.now = 0;
	run_a_pass();
	ck_assert_uint_eq(woken, 1);
}
END_TEST

Suite *
loop_suite(void)
{
	Suite *s = suite_create("loop");
	TCase *h = tcase_create("timers"), *t = tcase_create("loop");

	tcase_add_test(h,
	    timers_fire_in_order_whatever_was_set_moved_and_cleared);
	tcase_add_test(h, clearing_a_timer_that_is_not_set_is_legal);
	tcase_add_test(h,
	    a_timer_cleared_by_one_of_the_same_moment_does_not_fire);
	suite_add_tcase(s, h);
	tcase_add_checked_fixture(t, setup_loop, teardown_loop);
	tcase_add_test(t,
	    waking_ends_a_sleep_once_however_often_it_was_asked_for);
	tcase_add_test(t, a_descriptor_that_can_be_read_is_told_of);
	tcase_add_test(t,
	    an_event_of_a_watcher_deleted_in_the_same_pass_is_dropped);
	tcase_add_test(t,
	    a_watcher_that_was_changed_is_told_only_of_what_it_asks_for);
	tcase_add_test(t, deleting_twice_or_before_adding_is_legal);
	tcase_add_test(t, a_bad_descriptor_is_refused);
	tcase_add_test(t,
	    the_idle_hook_is_asked_again_without_sleep_while_it_has_work);
	tcase_add_test(t, the_pass_hook_is_for_passes_in_which_it_is_due);
	tcase_add_test(t, a_timer_that_is_due_keeps_the_loop_from_sleeping);
	tcase_add_test(t, running_the_loop_begins_with_a_look_at_the_clock);
	suite_add_tcase(s, t);
	return s;
}
