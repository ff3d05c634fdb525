/*
 * The floor rows and the probes: client/measure/floor, pair, child, probe. Every kind of descriptor is looped over,
 * so that a new kind in pair.c needs one word here.
 */
#include <check.h>
#include <errno.h>
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
#include "pattern.h"
#include "sock.h"

static const char *const kinds[] = { "tcp", "udp", "unix", "fifo", "pipe" };
static const uint32_t sizes[] = { 0, 1, 64, 65536, 1 << 20 };

enum { KINDS = 5, SIZES = 5 };

Suite *floor_suite(void);

/* Three round trips: what comes back must begin with what was sent. */
static void
round_trips_of(const char *kind, uint32_t out, uint32_t back, bool spin)
{
	uint8_t *sent, *got;
	struct floor f;

	ck_assert_int_eq(floor_start(&f, kind, out, back, -1, spin), 0);
	ck_assert_uint_eq(f.out, out == 0 ? 1 : out);
	ck_assert_uint_eq(f.back, back == 0 ? 1 : back);
	sent = malloc(f.out);
	got = calloc(1, f.back);
	for (uint32_t seed = 1; seed <= 3; seed++) {
		pattern_fill(sent, f.out, seed);
		ck_assert_int_eq(floor_call(&f, sent, got), 0);
		ck_assert_mem_eq(sent, got, f.out < f.back ? f.out : f.back);
	}
	floor_stop(&f);
	free(sent);
	free(got);
}

static void
round_trips(const char *kind, uint32_t size, bool spin)
{
	round_trips_of(kind, size, size, spin);
}

START_TEST(floor_moves_as_many_bytes_each_way_as_was_asked_for)
{
	round_trips_of(kinds[_i], 7, 60000, false);
	round_trips_of(kinds[_i], 60000, 0, false);
}
END_TEST

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

	ck_assert_int_eq(floor_start(&f, "udp", 65508, 1, -1, false),
	    -EMSGSIZE);
	ck_assert_int_eq(floor_start(&f, "udp", 1, 65508, -1, false),
	    -EMSGSIZE);
	floor_stop(&f);
	round_trips("udp", 65507, false);
	ck_assert_int_eq(floor_start(&f, "carrier pigeon", 1, 1, -1, false),
	    -EPROTONOSUPPORT);
	floor_stop(&f);
}
END_TEST

START_TEST(floor_runs_its_responder_on_the_cpu_that_was_asked_for)
{
	int cpu = sched_getcpu();
	struct floor f;
	cpu_set_t set;

	ck_assert_int_eq(floor_start(&f, "pipe", 1, 1, cpu, false), 0);
	ck_assert_int_eq(sched_getaffinity(f.pid, sizeof(set), &set), 0);
	ck_assert_int_eq(CPU_COUNT(&set), 1);
	ck_assert(CPU_ISSET((unsigned)cpu, &set));
	floor_stop(&f);
	ck_assert_int_eq(floor_start(&f, "pipe", 1, 1, 100000, false), -EINVAL);
}
END_TEST

START_TEST(floor_reports_a_responder_that_died)
{
	uint8_t out[64] = "x", in[64];
	siginfo_t ended;
	struct floor f;
	int err;

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(floor_start(&f, kinds[_i], 64, 64, -1, false), 0);
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

	ck_assert_int_eq(floor_start(&f, kinds[_i], 1, 1, -1, true), 0);
	pid = f.pid;
	begin = clock_ns();
	floor_stop(&f);
	floor_stop(&f);
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(errno, ESRCH);
	ck_assert_uint_lt(clock_ns() - begin, 10 * NS_PER_S);
}
END_TEST

/* The responder of one floor must not hold the ends of another. */
START_TEST(a_second_responder_keeps_no_end_of_the_first_one)
{
	struct floor first, second;
	char path[64], name[64];
	uint8_t out = 1, in;

	ck_assert_int_eq(floor_start(&first, "unix", 1, 1, -1, false), 0);
	ck_assert_int_eq(floor_start(&second, "unix", 1, 1, -1, false), 0);
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
	tcase_add_loop_test(tc,
	    floor_moves_as_many_bytes_each_way_as_was_asked_for, 0, KINDS);
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
	suite_add_tcase(s, probe_case());
	return s;
}
