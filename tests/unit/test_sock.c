/*
 * Connecting where nobody has time to accept. Run by main.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "sock.h"
#include "suites.h"

static const char template[] = "/tmp/rpcall-sock-XXXXXX";
static char dir[sizeof(template)], path[sizeof(dir) + 2];
static struct addr addr;
static int listener, waiting;

/* A listener that one has connected to, which is all that it lets wait. */
static void
setup(void)
{
	strcpy(dir, template);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/s", dir);
	ck_assert_int_eq(addr_unix(&addr, path), 0);
	listener = sock_listen(&addr, SOCK_STREAM, false);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(listen(listener, 0), 0);
	waiting = sock_connect(&addr, SOCK_STREAM, clock_ns() + NS_PER_S);
	ck_assert_int_ge(waiting, 0);
}

static void
teardown(void)
{
	close(waiting);
	close(listener);
	unlink(path);
	rmdir(dir);
}

START_TEST(a_full_listener_is_waited_for_until_the_deadline)
{
	uint64_t start = clock_ns();

	ck_assert_int_eq(sock_connect(&addr, SOCK_STREAM, start), -ETIMEDOUT);
	ck_assert_int_eq(sock_connect(&addr, SOCK_STREAM,
	    start + 20 * NS_PER_MS), -ETIMEDOUT);
	ck_assert_uint_ge(clock_ns() - start, 20 * NS_PER_MS);
}
END_TEST

/* What the system lets a socket have, or what we ask for, doubled. */
static int
buffer_expected(void)
{
	FILE *f = fopen("/proc/sys/net/core/wmem_max", "r");
	int most = 0;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%d", &most), 1);
	fclose(f);
	return 2 * (most < SOCK_UNIX_BUFFER ? most : SOCK_UNIX_BUFFER);
}

START_TEST(a_unix_socket_holds_as_much_as_we_ask_for)
{
	socklen_t len = sizeof(int);
	int size = 0;

	ck_assert_int_eq(getsockopt(waiting, SOL_SOCKET, SO_SNDBUF, &size,
	    &len), 0);
	ck_assert_int_eq(size, buffer_expected());
}
END_TEST

static void *
accept_one(void *arg)
{
	int *fd = arg;

	while ((*fd = accept(listener, NULL, NULL)) < 0)
		ck_assert_int_eq(errno, EAGAIN);
	return NULL;
}

START_TEST(room_in_a_full_listener_ends_the_wait)
{
	pthread_t thread;
	int accepted, fd;

	ck_assert_int_eq(pthread_create(&thread, NULL, accept_one,
	    &accepted), 0);
	fd = sock_connect(&addr, SOCK_STREAM, clock_ns() + 60 * NS_PER_S);
	pthread_join(thread, NULL);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	close(fd);
	close(accepted);
}
END_TEST

static unsigned
somaxconn(void)
{
	FILE *f = fopen("/proc/sys/net/core/somaxconn", "r");
	unsigned n = 0;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%u", &n), 1);
	fclose(f);
	return n;
}

/* Of a listener, tcp(7)'s TCP_INFO has the length of its queue there. */
START_TEST(a_listener_lets_as_many_wait_as_the_system_does)
{
	struct addr any;
	struct tcp_info info;
	socklen_t len = sizeof(info);
	unsigned most = somaxconn();
	int fd;

	ck_assert_int_eq(addr_resolve(&any, AF_INET,
	    "127.0.0.1", 0), 0);
	fd = sock_listen(&any, SOCK_STREAM, false);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len),
	    0);
	ck_assert_uint_eq(info.tcpi_sacked, most < 65535 ? most : 65535);
	close(fd);
}
END_TEST

Suite *
sock_suite(void)
{
	Suite *s = suite_create("sock");
	TCase *t = tcase_create("sock");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_unix_socket_holds_as_much_as_we_ask_for);
	tcase_add_test(t, a_full_listener_is_waited_for_until_the_deadline);
	tcase_add_test(t, room_in_a_full_listener_ends_the_wait);
	tcase_add_test(t, a_listener_lets_as_many_wait_as_the_system_does);
	suite_add_tcase(s, t);
	return s;
}
