/*
 * The limit of bulk calls over a pair of pipes: a child that answers messages
 * of a fixed size without looking at them, and a parent that counts the bytes
 * of the answers. One thread each; a message is read to one place, and all
 * that is left of one is written at once, both without poll(2).
 *
 *	barepipe DIR|- IN OUT OUTSTANDING SECONDS
 *
 * The pipes are named ones, in DIR, or ordinary ones; both are as large as
 * those of a session. IN and OUT are the bytes of a call and of an answer.
 * Prints "CALLS SECONDS", after a tenth of that time to warm up.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bare.h"

enum {
	ROOM = 2 << 20,
	PIPE_SIZE = 1 << 20,
	SMALL = 64 << 10,	/* messages of less are moved many at once */
};

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

/* One read: complete messages, 0 with none; -1 at the end. */
static int64_t
take(struct end *e)
{
	size_t to = e->read_size < SMALL ? ROOM : e->read_size;
	ssize_t n = read(e->rfd, room + e->came, to - e->came);
	size_t all;

	if (n <= 0)
		return -1;
	all = e->came + (size_t)n;
	e->came = all % e->read_size;
	return (int64_t)(all / e->read_size);
}

/* All that is owed, a large message at a time: 0, or -1. */
static int
pay(struct end *e)
{
	while (e->owed > 0) {
		size_t left = (size_t)((e->owed - 1) % e->write_size) + 1;
		size_t all = e->write_size < SMALL && e->owed < ROOM ?
		    (size_t)e->owed : left;
		ssize_t n = write(e->wfd, room, all);

		if (n < 0)
			return -1;
		e->owed -= (uint64_t)n;
	}
	return 0;
}

/*
 * What came, after what was owed: messages, or -1. Both ends wait in read(2)
 * and write(2), which no poll(2) beside them is faster than. One of them never
 * waits long to write, as all its messages fit into the pipe.
 */
static int64_t
turn(void *end)
{
	struct end *e = end;
	int64_t n = pay(e) < 0 ? -1 : take(e);

	if (n > 0)
		e->owed = (uint64_t)n * e->write_size;
	return n;
}

int
main(int argc, char **argv)
{
	size_t in = argc == 6 ? strtoul(argv[2], NULL, 10) : 0;
	size_t out = argc == 6 ? strtoul(argv[3], NULL, 10) : 0;
	size_t deep = argc == 6 ? strtoul(argv[4], NULL, 10) : 0;
	int there[2], back[2];
	struct end e;
	pid_t pid;

	if (in == 0 || out == 0 || in > ROOM || out > ROOM ||
	    (deep * in > PIPE_SIZE && deep * out > PIPE_SIZE))
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
	    (struct end){ back[0], there[1], out, in, 0, deep * in };
	if (fcntl(e.rfd, F_SETFL, 0) < 0 || fcntl(e.wfd, F_SETFL, 0) < 0)
		return fail("fcntl");
	/* It ends with its pipes. */
	while (pid == 0 && turn(&e) >= 0)
		;
	if (pid != 0 && measure_rate(strtod(argv[5], NULL), turn, &e) < 0)
		return fail("the responder is gone");
	return 0;
}
