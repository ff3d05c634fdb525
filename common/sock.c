/*
 * Socket addresses and sockets: see sock.h.
 */
#include "sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "clock.h"
#include "fd.h"

/* Connections that wait to be accepted: as many as the system lets any
 * listener have (net.core.somaxconn), for many come at once after a restart. */
enum { BACKLOG = 65535 };

int
addr_resolve(struct addr *a, int family, const char *host, int port)
{
	struct addrinfo hints = { .ai_family = family,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	char service[16];
	int err;

	snprintf(service, sizeof(service), "%d", port);
	err = getaddrinfo(host, service, &hints, &list);
	if (err)
		return err;
	memset(a, 0, sizeof(*a));
	memcpy(&a->ss, list->ai_addr, list->ai_addrlen);
	a->len = list->ai_addrlen;
	freeaddrinfo(list);
	return 0;
}

int
addr_unix(struct addr *a, const char *path)
{
	memset(a, 0, sizeof(*a));
	if (strlen(path) >= sizeof(a->un.sun_path))
		return -ENAMETOOLONG;
	a->un.sun_family = AF_UNIX;
	strcpy(a->un.sun_path, path);
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(path) + 1);
	return 0;
}

int
addr_port(const struct addr *a)
{
	if (a->sa.sa_family == AF_INET)
		return ntohs(a->in.sin_port);
	return a->sa.sa_family == AF_INET6 ? ntohs(a->in6.sin6_port) : 0;
}

bool
addr_is_local(const struct addr *a)
{
	const struct in6_addr *v6 = &a->in6.sin6_addr;

	switch (a->sa.sa_family) {
	case AF_INET:
		return ntohl(a->in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(v6) || (IN6_IS_ADDR_V4MAPPED(v6) &&
		    v6->s6_addr[12] == IN_LOOPBACKNET);
	default:
		return a->sa.sa_family == AF_UNIX;
	}
}

const char *
addr_host(const struct addr *a, char *out, size_t size)
{
	out[0] = '\0';
	if (a->sa.sa_family == AF_INET)
		inet_ntop(AF_INET, &a->in.sin_addr, out, (socklen_t)size);
	else if (a->sa.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &a->in6.sin6_addr, out, (socklen_t)size);
	else if (a->sa.sa_family == AF_UNIX &&
	    a->len > offsetof(struct sockaddr_un, sun_path))
		snprintf(out, size, "%.107s", a->un.sun_path);
	return out;
}

const char *
addr_format(const struct addr *a, char *out, size_t size)
{
	char host[ADDR_TEXT_MAX];

	addr_host(a, host, sizeof(host));
	if (a->sa.sa_family == AF_UNIX || host[0] == '\0')
		snprintf(out, size, "%s", host);
	else
		snprintf(out, size, a->sa.sa_family == AF_INET6 ?
		    "[%s]:%d" : "%s:%d", host, addr_port(a));
	return out;
}

const char *
addr_to_uaddr(const struct addr *a, char *out, size_t size)
{
	char host[ADDR_TEXT_MAX];

	addr_host(a, host, sizeof(host));
	if (a->sa.sa_family == AF_UNIX)
		snprintf(out, size, "%s", host);
	else
		snprintf(out, size, "%s.%d.%d", host, addr_port(a) >> 8,
		    addr_port(a) & 255);
	return out;
}

static void
set_option(int fd, int level, int name)
{
	int on = 1;

	setsockopt(fd, level, name, &on, sizeof(on));
}

static int
bind_and_listen(int fd, const struct addr *a, int type, bool port_shared)
{
	if (a->sa.sa_family != AF_UNIX && type == SOCK_STREAM)
		set_option(fd, SOL_SOCKET, SO_REUSEADDR);
	if (a->sa.sa_family != AF_UNIX && port_shared)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT);
	if (a->sa.sa_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	if (bind(fd, &a->sa, a->len) < 0)
		return -errno;
	if (type == SOCK_STREAM && listen(fd, BACKLOG) < 0)
		return -errno;
	return 0;
}

int
sock_listen(const struct addr *a, int type, bool port_shared)
{
	int fd = socket(a->sa.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	int err;

	if (fd < 0)
		return -errno;
	err = bind_and_listen(fd, a, type, port_shared);
	if (err) {
		fd_close(fd);
		return err;
	}
	return fd;
}

int
sock_claim_port(struct addr *a, int type)
{
	int fd = sock_listen(a, type, false);
	int err = 0;

	if (fd < 0)
		return fd;
	a->len = sizeof(a->ss);
	if (getsockname(fd, &a->sa, &a->len) < 0)
		err = -errno;
	fd_close(fd);
	return err;
}

/* The outcome of a connect that was in progress. */
static int
connect_wait(int fd, uint64_t deadline_ns)
{
	int err = fd_wait(fd, POLLOUT, deadline_ns);
	socklen_t len = sizeof(err);

	if (err < 0)
		return err;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		return -errno;
	return -err;
}

/* Writes, and connecting to a full listener, wait so long; 0: for ever. */
static void
set_patience(int fd, uint64_t ns)
{
	struct timeval tv = { (time_t)(ns / NS_PER_S),
		(suseconds_t)(ns % NS_PER_S / NS_PER_US) };

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

/* A Unix socket whose listener has as many waiting as it may: it is not in
 * progress then, and only who may block is told of room (unix(7)). */
static int
connect_queued(int fd, const struct addr *a, uint64_t deadline_ns)
{
	uint64_t now = clock_ns();
	int err;

	if (deadline_ns < now + NS_PER_US)
		return -ETIMEDOUT;
	set_patience(fd, deadline_ns - now);
	err = fd_set_nonblock(fd, 0);
	if (err)
		return err;
	if (connect(fd, &a->sa, a->len) < 0)
		err = errno == EAGAIN ? -ETIMEDOUT : -errno;
	set_patience(fd, 0);
	return err ? err : fd_set_nonblock(fd, 1);
}

static int
connect_until(int fd, const struct addr *a, uint64_t deadline_ns)
{
	if (connect(fd, &a->sa, a->len) == 0)
		return 0;
	switch (errno) {
	case EINPROGRESS:
		return connect_wait(fd, deadline_ns);
	case EAGAIN:
		return a->sa.sa_family == AF_UNIX ?
		    connect_queued(fd, a, deadline_ns) : -EAGAIN;
	default:
		return -errno;
	}
}

int
sock_connect(const struct addr *a, int type, uint64_t deadline_ns)
{
	int fd = socket(a->sa.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	int err;

	if (fd < 0)
		return -errno;
	err = connect_until(fd, a, deadline_ns);
	if (err) {
		fd_close(fd);
		return err;
	}
	if (type == SOCK_STREAM)
		sock_prepare(fd, a->sa.sa_family);
	return fd;
}

void
sock_prepare(int fd, int family)
{
	const int size = SOCK_UNIX_BUFFER;

	if (family == AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	else
		set_option(fd, IPPROTO_TCP, TCP_NODELAY);
}

int
sock_peer_uid(int fd, uint32_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	*uid = cred.uid;
	return 0;
}
