/*
 * What processes use, as client/measure/usage.c reads it. Run by main.c.
 */
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "measure/floor.h"
#include "measure/usage.h"
#include "suites.h"

static uint64_t
cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* CPU time, not wall time, of which a busy machine may give us none. */
static void
burn(uint64_t ns)
{
	uint64_t end = cpu_ns() + ns;

	while (cpu_ns() < end)
		continue;
}

START_TEST(own_usage_grows_with_work_and_with_waiting)
{
	struct usage before, after, d = { 0 };

	usage_self(&before);
	burn(30 * NS_PER_MS);
	/* A wait that ends before it begins is none, and is tried again. */
	for (int i = 0; i < 1000 && d.voluntary < 5; i++) {
		poll(NULL, 0, 1);
		usage_self(&after);
		d = usage_diff(&before, &after);
	}
	ck_assert(d.user_ns + d.system_ns > 1e6 &&
	    d.user_ns + d.system_ns < 5e9);
	ck_assert(d.voluntary >= 5);
}
END_TEST

START_TEST(usage_by_pid_agrees_with_getrusage)
{
	struct usage pid, self, d;

	burn(30 * NS_PER_MS);
	ck_assert_int_eq(usage_of_pid(getpid(), &pid), 0);
	usage_self(&self);
	d = usage_diff(&pid, &self);
	ck_assert(d.user_ns + d.system_ns < 50e6);
	ck_assert(pid.user_ns + pid.system_ns > 1e6);
	ck_assert(self.voluntary >= pid.voluntary);
}
END_TEST

START_TEST(usage_of_a_responder_grows_with_its_calls)
{
	struct usage before, after, d;
	struct floor f;
	uint8_t out = 1, in;

	ck_assert_int_eq(floor_start(&f, "pipe", 1, 1, -1, false), 0);
	ck_assert_int_eq(usage_of_pid(f.pid, &before), 0);
	for (int i = 0; i < 500; i++)
		ck_assert_int_eq(floor_call(&f, &out, &in), 0);
	ck_assert_int_eq(usage_of_pid(f.pid, &after), 0);
	d = usage_diff(&before, &after);
	ck_assert(d.user_ns + d.system_ns > 0);
	ck_assert(d.voluntary + d.involuntary >= 1);
	floor_stop(&f);
	ck_assert_int_eq(usage_of_pid(f.pid, &after), -ESRCH);
}
END_TEST

START_TEST(usage_differences_are_never_negative)
{
	struct usage before = { .user_ns = 60, .system_ns = 40,
	    .voluntary = 9, .involuntary = 9 };
	struct usage after = { .user_ns = 50, .system_ns = 80,
	    .voluntary = 5, .involuntary = 10 };
	struct usage d = usage_diff(&before, &after);

	ck_assert(d.user_ns == 0 && d.system_ns == 30);
	ck_assert(d.voluntary == 0 && d.involuntary == 1);
}
END_TEST

Suite *
usage_suite(void)
{
	Suite *s = suite_create("usage");
	TCase *tc = tcase_create("usage");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, own_usage_grows_with_work_and_with_waiting);
	tcase_add_test(tc, usage_by_pid_agrees_with_getrusage);
	tcase_add_test(tc, usage_of_a_responder_grows_with_its_calls);
	tcase_add_test(tc, usage_differences_are_never_negative);
	suite_add_tcase(s, tc);
	return s;
}
