/*
 * The floor rows, the usage of processes and the probes: client/measure/
 * floor, pair, child, usage, probe. Every kind of descriptor is looped over,
 * so that a new kind in pair.c needs one word here.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "measure/floor.h"
#include "measure/pair.h"
#include "measure/probe.h"
#include "measure/result.h"
#include "measure/scratch.h"
#include "measure/usage.h"
#include "pattern.h"
#include "sock.h"

static const char *const kinds[] = { "tcp", "udp", "unix", "fifo", "pipe" };
static const uint32_t sizes[] = { 0, 1, 64, 65536, 1 << 20 };

enum { KINDS = 5, SIZES = 5 };

Suite *floor_suite(void);

/* Three round trips of that size: what comes back must be what was sent. */
static void
round_trips(const char *kind, uint32_t size, bool spin)
{
	struct floor f;
	uint8_t *out, *in;

	ck_assert_int_eq(floor_start(&f, kind, size, -1, spin), 0);
	ck_assert_uint_eq(f.size, size == 0 ? 1 : size);
	out = malloc(f.size);
	in = calloc(1, f.size);
	for (uint32_t seed = 1; seed <= 3; seed++) {
		pattern_fill(out, f.size, seed);
		ck_assert_int_eq(floor_call(&f, out, in), 0);
		ck_assert_mem_eq(out, in, f.size);
	}
	floor_stop(&f);
	free(out);
	free(in);
}

START_TEST(floor_returns_the_bytes_it_was_sent)
{
	const char *kind = kinds[_i / SIZES];
	uint32_t size = sizes[_i % SIZES];

	if (size <= pair_max(kind))
		round_trips(kind, size, false);
}
END_TEST

START_TEST(spinning_floor_returns_the_bytes_it_was_sent)
{
	round_trips(kinds[_i], 64, true);
	if (pair_max(kinds[_i]) == UINT32_MAX)
		round_trips(kinds[_i], 1 << 20, true);
}
END_TEST

START_TEST(floor_refuses_what_one_datagram_cannot_hold)
{
	struct floor f;

	ck_assert_int_eq(floor_start(&f, "udp", 65508, -1, false), -EMSGSIZE);
	floor_stop(&f);
	round_trips("udp", 65507, false);
	ck_assert_int_eq(floor_start(&f, "carrier pigeon", 1, -1, false),
	    -EPROTONOSUPPORT);
	floor_stop(&f);
}
END_TEST

START_TEST(floor_runs_its_responder_on_the_cpu_that_was_asked_for)
{
	int cpu = sched_getcpu();
	struct floor f;
	cpu_set_t set;

	ck_assert_int_eq(floor_start(&f, "pipe", 1, cpu, false), 0);
	ck_assert_int_eq(sched_getaffinity(f.pid, sizeof(set), &set), 0);
	ck_assert_int_eq(CPU_COUNT(&set), 1);
	ck_assert(CPU_ISSET((unsigned)cpu, &set));
	floor_stop(&f);
	ck_assert_int_eq(floor_start(&f, "pipe", 1, 100000, false), -EINVAL);
}
END_TEST

START_TEST(floor_reports_a_responder_that_died)
{
	uint8_t out[64] = "x", in[64];
	siginfo_t ended;
	struct floor f;
	int err;

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(floor_start(&f, kinds[_i], 64, -1, false), 0);
	kill(f.pid, SIGKILL);
	waitid(P_PID, (id_t)f.pid, &ended, WEXITED | WNOWAIT);
	err = floor_call(&f, out, in);
	ck_assert(err == -EPIPE || err == -ECONNRESET ||
	    err == -ECONNREFUSED);
	floor_stop(&f);
}
END_TEST

START_TEST(stopping_a_floor_ends_its_responder_and_is_legal_twice)
{
	struct floor f;
	uint64_t begin;
	pid_t pid;

	ck_assert_int_eq(floor_start(&f, kinds[_i], 1, -1, true), 0);
	pid = f.pid;
	begin = clock_ns();
	floor_stop(&f);
	floor_stop(&f);
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(errno, ESRCH);
	ck_assert_uint_lt(clock_ns() - begin, NS_PER_S);
}
END_TEST

/* The responder of one floor must not hold the ends of another. */
START_TEST(a_second_responder_keeps_no_end_of_the_first_one)
{
	struct floor first, second;
	char path[64], name[64];
	uint8_t out = 1, in;

	ck_assert_int_eq(floor_start(&first, "unix", 1, -1, false), 0);
	ck_assert_int_eq(floor_start(&second, "unix", 1, -1, false), 0);
	/* It closes them before it answers its first call. */
	ck_assert_int_eq(floor_call(&second, &out, &in), 0);
	for (int fd = 3, n = 0; fd < 100; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d",
		    (int)second.pid, fd);
		n += readlink(path, name, sizeof(name)) > 0;
		ck_assert_int_le(n, 1);
	}
	floor_stop(&second);
	floor_stop(&first);
}
END_TEST

static void
burn(uint64_t ns)
{
	uint64_t end = clock_ns() + ns;

	while (clock_ns() < end)
		continue;
}

START_TEST(own_usage_grows_with_work_and_with_waiting)
{
	struct usage before, after, d;

	usage_self(&before);
	burn(30 * NS_PER_MS);
	for (int i = 0; i < 5; i++)
		poll(NULL, 0, 1);
	usage_self(&after);
	d = usage_diff(&before, &after);
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

	ck_assert_int_eq(floor_start(&f, "pipe", 1, -1, false), 0);
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

static struct mech_facts
facts_of_kind(const char *kind)
{
	struct mech_facts m = { 0 };
	struct end ends[2];

	ck_assert_int_eq(pair_open(kind, ends), 0);
	probe_descriptors(&m, ends[0].rfd, ends[0].wfd,
	    pair_max(kind) != UINT32_MAX);
	ck_assert_msg(strncmp(m.kernel_buffer, "send ", 5) == 0 &&
	    strstr(m.kernel_buffer, ", receive ") != NULL &&
	    strstr(m.kernel_buffer, "unknown") == NULL, "%s",
	    m.kernel_buffer);
	end_close(&ends[0]);
	end_close(&ends[1]);
	return m;
}

START_TEST(probes_find_tcp_two_way_to_other_hosts_and_a_byte_stream)
{
	struct mech_facts m = facts_of_kind("tcp");

	ck_assert_str_eq(m.direction, "two-way");
	ck_assert_str_eq(m.reach, "other hosts");
	ck_assert_str_eq(m.boundaries, "not kept (a byte stream)");
	ck_assert_str_eq(m.atomic_write, "none");
	ck_assert_int_eq(strncmp(m.endpoint, "address 127.0.0.1:", 18), 0);
}
END_TEST

START_TEST(probes_find_udp_keeping_boundaries_up_to_65507_bytes)
{
	struct mech_facts m = facts_of_kind("udp");

	ck_assert_str_eq(m.direction, "two-way");
	ck_assert_str_eq(m.reach, "other hosts");
	ck_assert_str_eq(m.boundaries, "kept");
	ck_assert_str_eq(m.atomic_write, "65507 B (one datagram)");
}
END_TEST

START_TEST(probes_find_pipes_one_way_local_and_atomic_up_to_pipe_buf)
{
	struct mech_facts m = facts_of_kind(kinds[_i]);

	ck_assert_str_eq(m.direction, "one-way, a pair");
	ck_assert_str_eq(m.reach, "this host");
	ck_assert_str_eq(m.boundaries, "not kept (a byte stream)");
	ck_assert_str_eq(m.atomic_write, "4096 B (PIPE_BUF)");
	ck_assert_int_eq(strncmp(m.endpoint, _i == 3 ? "name /" :
	    "without a name", _i == 3 ? 6 : 14), 0);
}
END_TEST

/* A listening Unix socket in a directory of its own, and its path. */
static int
unix_listen(char dir[SCRATCH_PATH_MAX], char *path, size_t size)
{
	struct addr a;
	int fd;

	ck_assert_int_eq(scratch_dir(dir), 0);
	snprintf(path, size, "%s/sock", dir);
	ck_assert_int_eq(addr_unix(&a, path), 0);
	fd = sock_listen(&a, SOCK_STREAM, false);
	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(probes_find_a_unix_socket_by_name_and_dead_without_its_server)
{
	char dir[SCRATCH_PATH_MAX], path[100], name[128];
	int listener = unix_listen(dir, path, sizeof(path)), fd;
	struct mech_facts m = { 0 };
	struct addr a;

	addr_unix(&a, path);
	fd = sock_connect(&a, SOCK_STREAM, clock_ns() + NS_PER_S);
	ck_assert_int_ge(fd, 0);
	probe_descriptors(&m, fd, fd, false);
	snprintf(name, sizeof(name), "name %s", path);
	ck_assert_str_eq(m.endpoint, name);
	ck_assert_str_eq(m.direction, "two-way");
	ck_assert_str_eq(m.reach, "this host");
	ck_assert_str_eq(m.boundaries, "not kept (a byte stream)");
	close(fd);
	close(listener);
	probe_outlives(&m, path);
	ck_assert_str_eq(m.outlives, "only a dead name, until removed");
	unlink(path);
	probe_outlives(&m, path);
	ck_assert_str_eq(m.outlives, "no");
	rmdir(dir);
}
END_TEST

START_TEST(probes_find_that_a_fifo_outlives_its_processes)
{
	char dir[SCRATCH_PATH_MAX], path[100];
	struct mech_facts m = { 0 };

	ck_assert_int_eq(scratch_dir(dir), 0);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	probe_outlives(&m, path);
	ck_assert_str_eq(m.outlives, "its name stays until removed");
	probe_outlives(&m, "");
	ck_assert_str_eq(m.outlives, "");
	unlink(path);
	rmdir(dir);
}
END_TEST

static TCase *
floor_case(void)
{
	TCase *tc = tcase_create("floor");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, floor_returns_the_bytes_it_was_sent, 0,
	    KINDS * SIZES);
	tcase_add_loop_test(tc, spinning_floor_returns_the_bytes_it_was_sent,
	    0, KINDS);
	tcase_add_test(tc, floor_refuses_what_one_datagram_cannot_hold);
	tcase_add_test(tc,
	    floor_runs_its_responder_on_the_cpu_that_was_asked_for);
	tcase_add_loop_test(tc, floor_reports_a_responder_that_died, 0, KINDS);
	tcase_add_loop_test(tc,
	    stopping_a_floor_ends_its_responder_and_is_legal_twice, 0, KINDS);
	tcase_add_test(tc, a_second_responder_keeps_no_end_of_the_first_one);
	return tc;
}

static TCase *
usage_case(void)
{
	TCase *tc = tcase_create("usage");
	tcase_add_test(tc, own_usage_grows_with_work_and_with_waiting);
	tcase_add_test(tc, usage_by_pid_agrees_with_getrusage);
	tcase_add_test(tc, usage_of_a_responder_grows_with_its_calls);
	tcase_add_test(tc, usage_differences_are_never_negative);
	return tc;
}

static TCase *
probe_case(void)
{
	TCase *tc = tcase_create("probe");

	tcase_add_test(tc,
	    probes_find_tcp_two_way_to_other_hosts_and_a_byte_stream);
	tcase_add_test(tc,
	    probes_find_udp_keeping_boundaries_up_to_65507_bytes);
	tcase_add_loop_test(tc,
	    probes_find_pipes_one_way_local_and_atomic_up_to_pipe_buf, 3, 5);
	tcase_add_test(tc,
	    probes_find_a_unix_socket_by_name_and_dead_without_its_server);
	tcase_add_test(tc, probes_find_that_a_fifo_outlives_its_processes);
	return tc;
}

Suite *
floor_suite(void)
{
	Suite *s = suite_create("floor");

	suite_add_tcase(s, floor_case());
	suite_add_tcase(s, usage_case());
	suite_add_tcase(s, probe_case());
	return s;
}
