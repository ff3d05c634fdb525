/*
 * Named pipes: says hello on the control FIFO, then opens the session that
 * the server makes under a name only the two of us know. See common/fifo.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "fifo.h"
#include "mech.h"

enum {
	PATH_SIZE = TARGET_PATH_MAX + 64,
	YIELD_US = 400,		/* a server needs no longer, woken from deep sleep */
	NAP_MAX_US = 2000,
};

/* Nothing is written to what happens to have the name of a FIFO. */
static bool
is_fifo(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int
say_hello(const char *dir, const uint8_t *nonce)
{
	uint8_t hello[FIFO_HELLO_SIZE];
	char path[PATH_SIZE];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/ctl", dir);
	/* ENXIO where no server reads it. */
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	if (!is_fifo(fd)) {
		fd_close(fd);
		return -ENOTSUP;
	}
	fifo_hello_write(hello, nonce);
	n = fd_write(fd, hello, sizeof(hello));
	fd_close(fd);
	return n == (ssize_t)sizeof(hello) ? 0 : n < 0 ? (int)n : -EPIPE;
}

/*
 * Lets others run, having waited for so long: the longer that is, the longer.
 * To be woken from the shortest sleep takes more than all that the server has
 * to do.
 */
static void
wait_a_little(uint64_t waited_ns)
{
	struct timespec nap = { .tv_nsec = (long)(waited_ns / 2) };

	if (waited_ns < YIELD_US * NS_PER_US) {
		sched_yield();
		return;
	}
	if (nap.tv_nsec > (long)(NAP_MAX_US * NS_PER_US))
		nap.tv_nsec = (long)(NAP_MAX_US * NS_PER_US);
	nanosleep(&nap, NULL);
}

/* Opens path as soon as it is there, until the deadline. */
static int
open_when_there(const char *path, int flags, uint64_t deadline_ns)
{
	uint64_t since = clock_ns(), now;

	for (;;) {
		int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC |
		    O_NOFOLLOW);

		if (fd >= 0)
			return fd;
		if (errno != ENOENT && errno != ENXIO)
			return -errno;
		now = clock_ns();
		if (now >= deadline_ns)
			return -ETIMEDOUT;
		wait_a_little(now - since);
	}
}

static int
open_session(struct link *l, const char *dir, const uint8_t *nonce,
    uint64_t deadline_ns)
{
	char path[PATH_SIZE];
	int err = fifo_session_path(path, sizeof(path), dir, nonce, "/out");

	if (err)
		return err;
	l->rfd = open_when_there(path, O_RDONLY, deadline_ns);
	if (l->rfd < 0)
		return l->rfd;
	fifo_session_path(path, sizeof(path), dir, nonce, "/in");
	l->wfd = open_when_there(path, O_WRONLY, deadline_ns);
	if (l->wfd < 0) {
		fd_close(l->rfd);
		return l->wfd;
	}
	fifo_enlarge(l->wfd);
	return 0;
}

static int
failed(const struct target *t, int err, struct failure *f)
{
	if (err == -EACCES || err == -EPERM)
		return mech_denied(f, t, err);
	if (err == -ETIMEDOUT)
		return failure_set(f, EXIT_TIMEOUT, "the server of %s did not "
		    "open a session (its limit may be reached)", t->path);
	failure_set(f, EXIT_UNREACHABLE, "no server at %s (fifo: %s)",
	    t->path, err == -ENXIO ? "nobody reads ctl" : strerror(-err));
	failure_hint(f, "start one: rpcalld --listen fifo:%s", t->path);
	return -f->code;
}

static int
open_fifo(struct link *l, const struct target *t, uint64_t deadline_ns,
    struct failure *f)
{
	uint8_t nonce[FIFO_NONCE_SIZE];
	int err = 0;

	if (getrandom(nonce, sizeof(nonce), 0) != (ssize_t)sizeof(nonce))
		return failure_set(f, EXIT_OS, "getrandom failed");
	err = say_hello(t->path, nonce);
	if (err == 0)
		err = open_session(l, t->path, nonce, deadline_ns);
	if (err)
		return failed(t, err, f);
	snprintf(l->path, sizeof(l->path), "%s", t->path);
	return 0;
}

const struct client_mech client_mech_fifo = { .open = open_fifo };
