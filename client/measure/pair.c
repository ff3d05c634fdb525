/*
 * Both ends of a fresh conversation, by kind of descriptor; see pair.h.
 * Called by floor.c (the ping-pong rows) and probe.c (what a kind can do).
 *
 * The socket kinds really connect over loopback: a socketpair() exists for
 * Unix sockets only, where it takes the same way through the kernel.
 */
#include "measure/pair.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "fifo.h"
#include "measure/scratch.h"
#include "sock.h"

struct kind {
	const char *name;
	int (*open)(const struct kind *k, struct end ends[2]);
	int family;
	uint32_t max;		/* bytes in one message */
};

void
end_close(struct end *e)
{
	fd_close(e->rfd);
	if (e->wfd != e->rfd)
		fd_close(e->wfd);
	e->rfd = e->wfd = -1;
}

int
end_set_nonblock(const struct end *e, int on)
{
	int err = fd_set_nonblock(e->rfd, on);

	return err ? err : fd_set_nonblock(e->wfd, on);
}

/* A socket bound to a free port of loopback; its address goes to *a. */
static int
loopback_socket(int family, int type, struct addr *a)
{
	const char *host = family == AF_INET6 ? "::1" : "127.0.0.1";
	int fd;

	if (addr_resolve(a, family, host, 0) != 0)
		return -EADDRNOTAVAIL;
	fd = sock_listen(a, type, false);
	if (fd >= 0 && getsockname(fd, &a->sa, &a->len) < 0) {
		int err = -errno;

		fd_close(fd);
		return err;
	}
	return fd;
}

/* The near end connects before the far one is accepted: the backlog does. */
static int
tcp_join(int listener, const struct addr *a, struct end ends[2])
{
	uint64_t deadline = clock_ns() + NS_PER_S;
	int fd = sock_connect(a, SOCK_STREAM, deadline), err;

	if (fd < 0)
		return fd;
	ends[0].rfd = ends[0].wfd = fd;
	err = fd_wait(listener, POLLIN, deadline);
	if (err < 0)
		return err;
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return -errno;
	ends[1].rfd = ends[1].wfd = fd;
	sock_prepare(fd, a->sa.sa_family);
	return 0;
}

static int
tcp_open(const struct kind *k, struct end ends[2])
{
	struct addr a;
	int listener = loopback_socket(k->family, SOCK_STREAM, &a), err;

	if (listener < 0)
		return listener;
	err = tcp_join(listener, &a, ends);
	fd_close(listener);
	return err;
}

static int
udp_open(const struct kind *k, struct end ends[2])
{
	struct addr a[2];

	for (int i = 0; i < 2; i++) {
		int fd = loopback_socket(k->family, SOCK_DGRAM, &a[i]);

		if (fd < 0)
			return fd;
		ends[i].rfd = ends[i].wfd = fd;
	}
	if (connect(ends[0].wfd, &a[1].sa, a[1].len) < 0 ||
	    connect(ends[1].wfd, &a[0].sa, a[0].len) < 0)
		return -errno;
	return 0;
}

static int
unix_open(const struct kind *k, struct end ends[2])
{
	int fd[2];

	if (socketpair(k->family, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		ends[i].rfd = ends[i].wfd = fd[i];
		sock_prepare(fd[i], k->family);
	}
	return 0;
}

static int
pipe_open(const struct kind *k, struct end ends[2])
{
	(void)k;
	for (int i = 0; i < 2; i++) {
		int fd[2];

		if (pipe2(fd, O_CLOEXEC) < 0)
			return -errno;
		ends[i].rfd = fd[0];
		ends[!i].wfd = fd[1];
		fifo_enlarge(fd[1]);
	}
	return 0;
}

/*
 * One named pipe, open for reading and for writing. The reader must come
 * first and without blocking: opened the plain way, each end would wait for
 * the other, and both are ours.
 */
static int
fifo_make(const char *path, int *rfd, int *wfd)
{
	int err = 0;

	if (mkfifo(path, 0600) < 0)
		return -errno;
	*rfd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	*wfd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (*rfd < 0 || *wfd < 0)
		err = -errno;
	else
		fifo_enlarge(*wfd);
	unlink(path);
	return err;
}

static int
fifo_open(const struct kind *k, struct end ends[2])
{
	char dir[SCRATCH_PATH_MAX], path[SCRATCH_PATH_MAX + 8];
	int err = scratch_dir(dir);

	(void)k;
	if (err < 0)
		return err;
	snprintf(path, sizeof(path), "%s/fifo", dir);
	err = fifo_make(path, &ends[0].rfd, &ends[1].wfd);
	if (err == 0)
		err = fifo_make(path, &ends[1].rfd, &ends[0].wfd);
	rmdir(dir);
	return err;
}

static const struct kind kinds[] = {
	{ .name = "tcp", .open = tcp_open, .family = AF_INET,
	    .max = UINT32_MAX },
	{ .name = "tcp6", .open = tcp_open, .family = AF_INET6,
	    .max = UINT32_MAX },
	/* 65,535 less the headers: IPv6 does not count its own. */
	{ .name = "udp", .open = udp_open, .family = AF_INET, .max = 65507 },
	{ .name = "udp6", .open = udp_open, .family = AF_INET6, .max = 65527 },
	{ .name = "unix", .open = unix_open, .family = AF_UNIX,
	    .max = UINT32_MAX },
	{ .name = "fifo", .open = fifo_open, .max = UINT32_MAX },
	{ .name = "pipe", .open = pipe_open, .max = UINT32_MAX },
};

static const struct kind *
kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

const char *
pair_kind(const char *kind)
{
	const struct kind *k = kind_find(kind);

	return k == NULL ? NULL : k->name;
}

uint32_t
pair_max(const char *kind)
{
	const struct kind *k = kind_find(kind);

	return k == NULL ? UINT32_MAX : k->max;
}

int
pair_open(const char *kind, struct end ends[2])
{
	const struct kind *k = kind_find(kind);
	int err;

	ends[0] = ends[1] = (struct end){ .rfd = -1, .wfd = -1 };
	if (k == NULL)
		return -EPROTONOSUPPORT;
	err = k->open(k, ends);
	if (err == 0)
		err = end_set_nonblock(&ends[0], 0);
	if (err == 0)
		err = end_set_nonblock(&ends[1], 0);
	if (err < 0) {
		end_close(&ends[0]);
		end_close(&ends[1]);
	}
	return err;
}
