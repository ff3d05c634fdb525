/*
 * The limit of bulk calls over a pair of pipes: a child that answers messages
 * of a fixed size without looking at them, and a parent that counts the bytes
 * of the answers. One thread each; a message is read to one place, and all
 * that is left of one is written at once.
 *
 *	barepipe DIR|- IN OUT OUTSTANDING SECONDS
 *
 * The pipes are named ones, in DIR, or ordinary ones; both are as large as
 * those of a session. IN and OUT are the bytes of a call and of an answer.
 * Prints "CALLS SECONDS", after a tenth of that time to warm up.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bare.h"

enum { ROOM = 2 << 20, PIPE_SIZE = 1 << 20 };

/* Messages that come and go, of so many bytes. */
struct end {
	int rfd, wfd;
	size_t read_size, write_size;
	size_t came;		/* of a message that is not complete */
	uint64_t owed;		/* bytes that are still to be written */
};

static uint8_t room[ROOM];

static int
fail(const char *what)
{
	perror(what);
	return 1;
}

/* The named one is open for both at once: neither way waits for the other. */
static int
make_pipe(const char *dir, int fd[2])
{
	char path[4096];

	if (strcmp(dir, "-") == 0) {
		if (pipe(fd) < 0)
			return -1;
	} else {
		snprintf(path, sizeof(path), "%s/bare", dir);
		if (mkfifo(path, 0600) < 0)
			return -1;
		fd[0] = open(path, O_RDONLY | O_NONBLOCK);
		fd[1] = open(path, O_WRONLY | O_NONBLOCK);
		unlink(path);
	}
	/* A smaller one is measured, too. */
	fcntl(fd[1], F_SETPIPE_SZ, PIPE_SIZE);
	return fd[0] < 0 || fd[1] < 0 ? -1 : 0;
}

static int
set_flags(const struct end *e, int flags)
{
	return fcntl(e->rfd, F_SETFL, flags) < 0 ||
	    fcntl(e->wfd, F_SETFL, flags) < 0 ? -1 : 0;
}

/* One read: complete messages, 0 with none; -1 at the end. */
static int64_t
take(struct end *e)
{
	ssize_t n = read(e->rfd, room + e->came, ROOM - e->came);
	size_t all;

	if (n <= 0)
		return n < 0 && errno == EAGAIN ? 0 : -1;
	all = e->came + (size_t)n;
	e->came = all % e->read_size;
	return (int64_t)(all / e->read_size);
}

/* One write of what is left of a message. */
static int
pay(struct end *e)
{
	size_t left = (size_t)((e->owed - 1) % e->write_size) + 1;
	ssize_t n = write(e->wfd, room + e->write_size - left, left);

	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	e->owed -= (uint64_t)n;
	return 0;
}

/* The parent never waits to write, so that this may. */
static void
respond(struct end *e)
{
	int64_t n;

	while ((n = take(e)) >= 0) {
		e->owed = (uint64_t)n * e->write_size;
		while (e->owed > 0)
			if (pay(e) < 0)
				return;
	}
}

/* Waits for one way or the other: answers that have come, or -1. */
static int64_t
turn(void *end)
{
	struct end *e = end;
	struct pollfd fds[2] = {
		{ .fd = e->rfd, .events = POLLIN },
		{ .fd = e->owed > 0 ? e->wfd : -1, .events = POLLOUT },
	};
	int64_t n = 0;

	if (poll(fds, 2, -1) < 0)
		return -1;
	if (fds[0].revents)
		n = take(e);
	if (n > 0)
		e->owed += (uint64_t)n * e->write_size;
	while (n >= 0 && e->owed > 0) {
		uint64_t before = e->owed;

		if (pay(e) < 0)
			return -1;
		if (e->owed == before)
			break;
	}
	return n;
}

int
main(int argc, char **argv)
{
	size_t in = argc == 6 ? strtoul(argv[2], NULL, 10) : 0;
	size_t out = argc == 6 ? strtoul(argv[3], NULL, 10) : 0;
	int there[2], back[2];
	struct end e;
	pid_t pid;

	if (in == 0 || out == 0 || in > ROOM || out > ROOM)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	if (make_pipe(argv[1], there) < 0 || make_pipe(argv[1], back) < 0)
		return fail(argv[1]);
	pid = fork();
	if (pid < 0)
		return fail("fork");
	close(pid == 0 ? there[1] : there[0]);
	close(pid == 0 ? back[0] : back[1]);
	e = pid == 0 ? (struct end){ there[0], back[1], in, out, 0, 0 } :
	    (struct end){ back[0], there[1], out, in, 0,
		strtoul(argv[4], NULL, 10) * in };
	if (set_flags(&e, pid == 0 ? 0 : O_NONBLOCK) < 0)
		return fail("fcntl");
	if (pid == 0)
		respond(&e);
	/* It ends with its pipes. */
	if (pid != 0 && measure_rate(strtod(argv[5], NULL), turn, &e) < 0)
		return fail("the responder is gone");
	return 0;
}
