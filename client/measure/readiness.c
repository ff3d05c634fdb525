/*
 * Waiting for a process to be ready: see readiness.h. Called by setup_costs.c.
 *
 * The socket has a name in the abstract namespace, which the kernel chooses:
 * nothing is left behind. What anybody else sends there is taken for the word,
 * which spoils one figure of setting up.
 */
#include "measure/readiness.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "clock.h"
#include "fd.h"
#include "interrupt.h"

static const char variable[] = "NOTIFY_SOCKET";

/* With an address of no name the kernel gives it one. */
static int
bind_anywhere(int fd)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(a);
	char name[sizeof(a.sun_path) + 1];

	if (bind(fd, (struct sockaddr *)&a, sizeof(a.sun_family)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return -errno;
	snprintf(name, sizeof(name), "@%.*s", (int)(len -
	    sizeof(a.sun_family) - 1), a.sun_path + 1);
	return setenv(variable, name, 1) < 0 ? -errno : 0;
}

int
readiness_open(struct readiness *r)
{
	int err;

	r->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0)
		return -errno;
	err = bind_anywhere(r->fd);
	if (err)
		readiness_close(r);
	return err;
}

/* Of all that it may say only this counts. */
static bool
was_told(int fd)
{
	char text[256];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return strstr(text, "READY=1") != NULL;
}

int
readiness_await(struct readiness *r, int peer, uint64_t deadline_ns)
{
	struct pollfd pfds[2] = {
		{ .fd = r->fd, .events = POLLIN }, { .fd = peer },
	};

	for (;;) {
		uint64_t now = clock_ns();
		int ms = deadline_ns <= now ? 0 :
		    (int)((deadline_ns - now) / NS_PER_MS) + 1;
		int n = poll(pfds, 2, ms);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (interrupt_signal() != 0)
			return -EINTR;
		if (n > 0 && pfds[0].revents != 0 && was_told(r->fd))
			return 0;
		if (n > 0 && pfds[1].revents & (POLLHUP | POLLERR))
			return -EPIPE;
		if (clock_ns() >= deadline_ns)
			return -ETIMEDOUT;
	}
}

void
readiness_close(struct readiness *r)
{
	if (r->fd >= 0)
		unsetenv(variable);
	fd_close(r->fd);
	r->fd = -1;
}
