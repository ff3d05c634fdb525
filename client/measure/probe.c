/*
 * Live probes behind the facts about a mechanism, see probe.h. Called by
 * compare once for each mechanism, before anything is measured.
 */
#include "measure/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "measure/pair.h"
#include "measure/result.h"
#include "sock.h"

enum { PROBE_WAIT_MS = 100, PROBE_WRITE = 10 };

static bool
fd_is_fifo(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* What the kernel calls that descriptor: a path, "pipe:[123]", ... */
static void
fd_name(int fd, char *name, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, size - 1);
	name[n < 0 ? 0 : n] = '\0';
}

static int
fd_family(int fd)
{
	int family;
	socklen_t len = sizeof(family);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0)
		return AF_UNSPEC;
	return family;
}

/* The kind in pair.h that fd is of, or NULL. */
static const char *
fd_kind(int fd, bool datagram)
{
	char name[256];

	switch (fd_family(fd)) {
	case AF_INET:
		return datagram ? "udp" : "tcp";
	case AF_INET6:
		return datagram ? "udp6" : "tcp6";
	case AF_UNIX:
		return "unix";
	}
	if (!fd_is_fifo(fd))
		return NULL;
	fd_name(fd, name, sizeof(name));
	return name[0] == '/' ? "fifo" : "pipe";
}

static void
probe_direction(struct mech_facts *m, int rfd, int wfd)
{
	int flags = fcntl(wfd, F_GETFL);
	bool two_way = rfd == wfd && (flags & O_ACCMODE) == O_RDWR;

	if (flags >= 0)
		snprintf(m->direction, sizeof(m->direction), "%s",
		    two_way ? "two-way" : "one-way, a pair");
}

static void
socket_endpoint(struct mech_facts *m, int fd)
{
	struct addr a = { .len = sizeof(a.ss) };
	char text[ADDR_TEXT_MAX];

	/* The server's own name; an unconnected socket has only ours. */
	if (getpeername(fd, &a.sa, &a.len) < 0) {
		a.len = sizeof(a.ss);
		if (getsockname(fd, &a.sa, &a.len) < 0)
			return;
	}
	addr_format(&a, text, sizeof(text));
	if (text[0] == '\0')
		snprintf(m->endpoint, sizeof(m->endpoint), "without a name");
	else
		snprintf(m->endpoint, sizeof(m->endpoint), "%s %.87s",
		    a.sa.sa_family == AF_UNIX ? "name" : "address", text);
}

static void
probe_endpoint(struct mech_facts *m, int wfd)
{
	char name[256];

	if (fd_family(wfd) != AF_UNSPEC) {
		socket_endpoint(m, wfd);
		return;
	}
	fd_name(wfd, name, sizeof(name));
	if (name[0] == '/')
		snprintf(m->endpoint, sizeof(m->endpoint), "name %.90s", name);
	else if (name[0] != '\0')
		snprintf(m->endpoint, sizeof(m->endpoint),
		    "without a name, inherited (%.60s)", name);
}

static void
probe_reach(struct mech_facts *m, int wfd)
{
	int family = fd_family(wfd);
	bool inet = family == AF_INET || family == AF_INET6;

	snprintf(m->reach, sizeof(m->reach), "%s",
	    inet ? "other hosts" : "this host");
}

/* A size in text, "208 KiB", "2.5 MiB"; -1 is an unknown one. */
static void
size_text(char text[24], int bytes)
{
	double kib = bytes / 1024.0;

	if (bytes < 0)
		snprintf(text, 24, "unknown");
	else if (bytes < 1024)
		snprintf(text, 24, "%d B", bytes);
	else if (kib < 1024)
		snprintf(text, 24, "%.4g KiB", kib);
	else
		snprintf(text, 24, "%.3g MiB", kib / 1024);
}

/* Of a pipe, its capacity; of a socket, what SO_SNDBUF or SO_RCVBUF says. */
static int
fd_buffer(int fd, int option)
{
	int bytes;
	socklen_t len = sizeof(bytes);

	if (fd_is_fifo(fd))
		return fcntl(fd, F_GETPIPE_SZ);
	if (getsockopt(fd, SOL_SOCKET, option, &bytes, &len) < 0)
		return -1;
	return bytes;
}

static void
probe_buffer(struct mech_facts *m, int rfd, int wfd)
{
	char send[24], receive[24];

	size_text(send, fd_buffer(wfd, SO_SNDBUF));
	size_text(receive, fd_buffer(rfd, SO_RCVBUF));
	snprintf(m->kernel_buffer, sizeof(m->kernel_buffer),
	    "send %s, receive %s", send, receive);
}

/*
 * Does a pipe take size bytes wholly or not at all? One odd byte first, so
 * that what no longer fits would fit in part; then as often as there is room.
 */
static bool
pipe_write_is_atomic(const struct end ends[2], size_t size)
{
	static const char zeros[65536];
	ssize_t n;

	if (size > sizeof(zeros) ||
	    end_set_nonblock(&ends[0], 1) < 0 ||
	    write(ends[0].wfd, zeros, 1) != 1)
		return false;
	do
		n = write(ends[0].wfd, zeros, size);
	while (n == (ssize_t)size);
	return n < 0 && errno == EAGAIN;
}

static void
pipe_atomic(struct mech_facts *m, const struct end ends[2])
{
	long size = fpathconf(ends[0].wfd, _PC_PIPE_BUF);

	if (size > 0 && pipe_write_is_atomic(ends, (size_t)size))
		snprintf(m->atomic_write, sizeof(m->atomic_write),
		    "%ld B (PIPE_BUF)", size);
	else if (size > 0)
		snprintf(m->atomic_write, sizeof(m->atomic_write),
		    "less than PIPE_BUF, %ld B", size);
}

/* Sends one datagram of that size and takes it off again. */
static bool
datagram_fits(const struct end ends[2], size_t size)
{
	static const char zeros[65536];
	struct pollfd in = { .fd = ends[1].rfd, .events = POLLIN };
	char byte;

	if (send(ends[0].wfd, zeros, size, MSG_DONTWAIT) != (ssize_t)size)
		return false;
	return poll(&in, 1, PROBE_WAIT_MS) == 1 &&
	    recv(in.fd, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) == (ssize_t)size;
}

static void
datagram_atomic(struct mech_facts *m, const struct end ends[2])
{
	size_t fits = 0, fails = 65536;

	while (fails - fits > 1) {
		size_t middle = (fits + fails) / 2;

		if (datagram_fits(ends, middle))
			fits = middle;
		else
			fails = middle;
	}
	snprintf(m->atomic_write, sizeof(m->atomic_write),
	    "%zu B (one datagram)", fits);
}

/* Waits until those bytes are there to read; of messages, the first one. */
static void
arrival_await(int fd, int bytes, bool apart)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	int have = 0;

	poll(&in, 1, PROBE_WAIT_MS);
	for (int ms = 0; !apart && ms < PROBE_WAIT_MS; ms++) {
		if (ioctl(fd, FIONREAD, &have) < 0 || have >= bytes)
			return;
		poll(NULL, 0, 1);
	}
}

/* Two writes, one read: does it return the first one or both? */
static void
probe_boundaries(struct mech_facts *m, const struct end ends[2], bool datagram)
{
	char out[PROBE_WRITE] = "", in[64];
	const char *answer = "";
	ssize_t n;

	if (write(ends[0].wfd, out, sizeof(out)) != PROBE_WRITE ||
	    write(ends[0].wfd, out, sizeof(out)) != PROBE_WRITE ||
	    end_set_nonblock(&ends[1], 1) < 0)
		return;
	arrival_await(ends[1].rfd, 2 * PROBE_WRITE, datagram);
	n = read(ends[1].rfd, in, sizeof(in));
	if (n == PROBE_WRITE)
		answer = "kept";
	else if (n == 2 * PROBE_WRITE)
		answer = "not kept (a byte stream)";
	snprintf(m->boundaries, sizeof(m->boundaries), "%s", answer);
}

static void
probe_atomic(struct mech_facts *m, const struct end ends[2], bool datagram)
{
	if (datagram)
		datagram_atomic(m, ends);
	else if (fd_is_fifo(ends[0].wfd))
		pipe_atomic(m, ends);
	else
		snprintf(m->atomic_write, sizeof(m->atomic_write), "none");
}

/* Runs one probe on a fresh pair: what another left in it would mislead. */
static void
probe_fresh(struct mech_facts *m, const char *kind,
    void (*probe)(struct mech_facts *, const struct end *, bool))
{
	struct end ends[2];

	if (pair_open(kind, ends) < 0)
		return;
	probe(m, ends, pair_max(kind) != UINT32_MAX);
	end_close(&ends[0]);
	end_close(&ends[1]);
}

/* What may make its figures mislead. */
static void
probe_traps(struct mech_facts *m, int rfd, int wfd)
{
	int in = fcntl(rfd, F_GETPIPE_SZ), out = fcntl(wfd, F_GETPIPE_SZ);
	int nodelay;
	socklen_t len = sizeof(nodelay);

	if (in > 0 && out > 0)
		m->pipe_bytes = (unsigned)(in < out ? in : out);
	m->nagle = getsockopt(wfd, IPPROTO_TCP, TCP_NODELAY, &nodelay,
	    &len) == 0 && nodelay == 0;
}

void
probe_descriptors(struct mech_facts *m, int rfd, int wfd, bool datagram)
{
	const char *kind = fd_kind(wfd, datagram);

	probe_direction(m, rfd, wfd);
	probe_endpoint(m, wfd);
	probe_reach(m, wfd);
	probe_buffer(m, rfd, wfd);
	probe_traps(m, rfd, wfd);
	if (kind == NULL)
		return;
	probe_fresh(m, kind, probe_boundaries);
	probe_fresh(m, kind, probe_atomic);
}

/* Does anybody listen at that Unix socket? */
static bool
socket_answers(const char *path)
{
	struct addr a;
	int fd;

	if (addr_unix(&a, path) < 0)
		return false;
	fd = sock_connect(&a, SOCK_STREAM,
	    clock_ns() + PROBE_WAIT_MS * NS_PER_MS);
	fd_close(fd);
	return fd >= 0;
}

static const char *
remains_of(const char *path)
{
	struct stat st;

	if (path[0] == '\0')
		return "";
	if (lstat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? "no" : "";
	if (S_ISSOCK(st.st_mode) && !socket_answers(path))
		return "only a dead name, until removed";
	return "its name stays until removed";
}

void
probe_outlives(struct mech_facts *m, const char *path_or_empty)
{
	snprintf(m->outlives, sizeof(m->outlives), "%s",
	    remains_of(path_or_empty));
}
