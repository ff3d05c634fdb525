/*
 * The limit of a pipelined load over a stream socket: a responder that answers
 * records of a fixed size without looking at them, and a client that counts
 * the bytes of the answers. One thread each, one read and one write per turn; a
 * large record is read to one place, as whoever looks at it must.
 *
 *	inplace serve ADDRESS IN OUT		until it is killed
 *	inplace call ADDRESS IN OUT CONNECTIONS OUTSTANDING SECONDS
 *
 * ADDRESS is a port of 127.0.0.1 or the path of a Unix socket, IN and OUT are
 * the bytes of a call and of an answer. call prints "CALLS SECONDS", after a
 * tenth of that time to warm up.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bare.h"

enum {
	ROOM = 1 << 20,
	RECORD_MAX = 2 << 20,
	EVENTS = 64,
	CONNECTIONS_MAX = 1 << 14,
	UNIX_BUFFER = 416 << 10,	/* SO_SNDBUF, as that of our sockets */
};

struct line {
	int fd;
	uint64_t came;		/* bytes of a record that is not complete */
	uint64_t owed;		/* bytes that are still to be written */
	int watches_out;
};

static uint8_t room[RECORD_MAX + ROOM];
static struct line lines[CONNECTIONS_MAX];
static uint64_t in_bytes, out_bytes;
static int epoll, is_path;

static int
fail(const char *what)
{
	perror(what);
	return 1;
}

static void
prepare(int fd)
{
	int on = 1, size = UNIX_BUFFER;

	if (is_path)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	else
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* A socket that listens at address, or that is connected to it. */
static int
open_socket(const char *address, int serve)
{
	struct sockaddr_un path = { .sun_family = AF_UNIX };
	struct sockaddr_in port = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)atoi(address)) };
	int on = 1, fd;
	struct sockaddr *to = is_path ? (struct sockaddr *)&path :
	    (struct sockaddr *)&port;
	socklen_t size = is_path ? sizeof(path) : sizeof(port);

	strncpy(path.sun_path, address, sizeof(path.sun_path) - 1);
	fd = socket(to->sa_family, SOCK_STREAM, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	prepare(fd);
	if (serve)
		return bind(fd, to, size) || listen(fd, 1024) ? -1 : fd;
	return connect(fd, to, size) ? -1 : fd;
}

static int
watch(struct line *l, int op, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = l };

	return epoll_ctl(epoll, op, l->fd, &e);
}

/* Complete records of size among those that have come with n bytes more. */
static uint64_t
records(struct line *l, ssize_t n, uint64_t size)
{
	uint64_t all = l->came + (uint64_t)n;

	l->came = all % size;
	return all / size;
}

/*
 * As much of what is owed, in records of size, as there is space for; blocking
 * or not by flags. A record is sent from one place, too.
 */
static int
pay(struct line *l, uint64_t size, int flags)
{
	const uint64_t most = size < ROOM ? ROOM / size * size : size;

	while (l->owed > 0) {
		size_t at = (size - l->owed % size) % size;
		size_t n = l->owed < most - at ? l->owed : most - at;
		ssize_t put = send(l->fd, room + at, n, flags | MSG_NOSIGNAL);

		if (put < 0 && errno == EAGAIN)
			break;
		if (put < 0)
			return -1;
		l->owed -= (uint64_t)put;
	}
	if (l->watches_out == (l->owed > 0))
		return 0;
	l->watches_out = l->owed > 0;
	return watch(l, EPOLL_CTL_MOD, EPOLLIN |
	    (l->watches_out ? EPOLLOUT : 0));
}

/* The client never waits to write, so that this may. */
static void
answer(struct line *l)
{
	ssize_t n = recv(l->fd, room + l->came, ROOM, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0)
		l->owed = records(l, n, in_bytes) * out_bytes;
	if (n > 0 && pay(l, out_bytes, 0) == 0)
		return;
	close(l->fd);
	l->fd = -1;
}

static struct line *
free_line(void)
{
	for (int i = 0; i < CONNECTIONS_MAX; i++)
		if (lines[i].fd < 0)
			return &lines[i];
	return NULL;
}

static void
accept_line(int listener)
{
	struct line *l = free_line();
	int fd = accept(listener, NULL, NULL);

	if (fd < 0 || l == NULL)
		return;
	prepare(fd);
	*l = (struct line){ .fd = fd };
	watch(l, EPOLL_CTL_ADD, EPOLLIN);
}

static int
serve(const char *address)
{
	struct epoll_event events[EVENTS];
	struct line listener = { .fd = open_socket(address, 1) };

	if (listener.fd < 0 || watch(&listener, EPOLL_CTL_ADD, EPOLLIN) < 0)
		return fail(address);
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < n; i++)
			if (events[i].data.ptr == &listener)
				accept_line(listener.fd);
			else
				answer(events[i].data.ptr);
	}
}

/* Answers that have come, each followed by another call; -1 at an end. */
static int64_t
turn(struct line *l, uint32_t events)
{
	uint64_t done = 0;

	if (events & (EPOLLIN | EPOLLHUP)) {
		ssize_t n = recv(l->fd, room + l->came, ROOM, MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN))
			return -1;
		done = n > 0 ? records(l, n, out_bytes) : 0;
		l->owed += done * in_bytes;
	}
	return pay(l, in_bytes, MSG_DONTWAIT) ? -1 : (int64_t)done;
}

static int
start_calls(const char *address, int connections, uint64_t outstanding)
{
	for (int i = 0; i < connections; i++) {
		struct line *l = &lines[i];

		*l = (struct line){ .fd = open_socket(address, 0),
			.owed = outstanding * in_bytes };
		if (l->fd < 0 || watch(l, EPOLL_CTL_ADD, EPOLLIN) < 0 ||
		    pay(l, in_bytes, MSG_DONTWAIT) < 0)
			return fail(address);
	}
	return 0;
}

/* Answers of all lines that have some, or -1. */
static int64_t
pass(void *arg)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(epoll, events, EVENTS, -1);
	int64_t calls = 0;

	(void)arg;
	for (int i = 0; i < n; i++) {
		int64_t done = turn(events[i].data.ptr, events[i].events);

		if (done < 0)
			return -1;
		calls += done;
	}
	return calls;
}

int
main(int argc, char **argv)
{
	int connections = argc == 8 ? atoi(argv[5]) : 0;

	if (argc < 5)
		return 64;
	is_path = strchr(argv[2], '/') != NULL;
	in_bytes = strtoul(argv[3], NULL, 10);
	out_bytes = strtoul(argv[4], NULL, 10);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < CONNECTIONS_MAX; i++)
		lines[i].fd = -1;
	if (in_bytes == 0 || out_bytes == 0 || epoll < 0 ||
	    in_bytes > RECORD_MAX || out_bytes > RECORD_MAX)
		return 64;
	if (argc == 5 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2]);
	if (strcmp(argv[1], "call") != 0 || connections < 1 ||
	    connections > CONNECTIONS_MAX)
		return 64;
	if (start_calls(argv[2], connections, strtoul(argv[6], NULL, 10)) != 0)
		return 1;
	if (measure_rate(strtod(argv[7], NULL), pass, NULL) < 0)
		return fail("the responder is gone");
	return 0;
}
