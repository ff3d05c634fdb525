/*
 * Starts the stock server and makes stock clients, see stock.h. Called by the
 * measuring loop; nothing is measured here.
 *
 * The handles are what clnt_create() would give without rpcbind: stream
 * sockets connected, the UDP socket not (libtirpc sends with sendto()).
 * Nagle must not make stock look worse than it is: libtirpc's server sets
 * TCP_NODELAY on what it accepts, its client only inside clnt_tli_create(),
 * which is not used here; sock_connect() sets it on the client's socket.
 */
#include "measure/stock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "echo.h"
#include "fd.h"
#include "measure/child.h"
#include "sock.h"

#ifndef LIBEXECDIR
#define LIBEXECDIR "/usr/local/libexec/rpcall"
#endif

enum {
	STOCK_START_MS = 5000,
	STOCK_STOP_MS = 2000,
	STOCK_CONNECT_MS = 1000,
	STOCK_TEXT_MAX = 256,		/* of what the server says */
};

struct stock_mech {
	const char *name;
	int family, type;
};

/* Finds the program: a build tree and an installation differ. */
static int
program_find(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	path[n < 0 ? 0 : n] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL && slash - path < PATH_MAX - 32) {
		strcpy(slash, "/rpcall-stock");
		if (access(path, X_OK) == 0)
			return 0;
	}
	strcpy(path, LIBEXECDIR "/rpcall-stock");
	return access(path, X_OK) == 0 ? 0 : -ENOENT;
}

static _Noreturn void
server_exec(const char *program, char *socket_path, int out)
{
	char name[] = "rpcall-stock";
	char *argv[] = { name, socket_path, NULL };

	dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execv(program, argv);
	_exit(127);
}

/* One line of what the server said, "tcp 41233"; 0 if it is not there yet. */
static in_port_t
port_find(const char *text, const char *key)
{
	const char *line = strstr(text, key);
	unsigned port = 0;

	if (line == NULL || sscanf(line + strlen(key), " %u\n", &port) != 1)
		return 0;
	return port <= 65535 ? (in_port_t)port : 0;
}

/* Has it said all of its endpoints? The local line is the last one. */
static bool
endpoints_parse(struct stock *s, const char *text)
{
	const char *last = strstr(text, "local ");

	if (last == NULL || strchr(last, '\n') == NULL)
		return false;
	s->tcp_port = port_find(text, "tcp ");
	s->udp_port = port_find(text, "udp ");
	return s->tcp_port != 0 && s->udp_port != 0;
}

static int
endpoints_read(struct stock *s, int fd)
{
	uint64_t deadline = clock_ns() + STOCK_START_MS * NS_PER_MS;
	char text[STOCK_TEXT_MAX] = "";
	size_t have = 0;

	while (!endpoints_parse(s, text)) {
		ssize_t n = fd_wait(fd, POLLIN, deadline);

		if (n == -EINTR)
			continue;
		if (n >= 0)
			n = fd_read(fd, text + have, sizeof(text) - 1 - have);
		if (n <= 0)
			return n < 0 ? (int)n : -EPROTO;
		have += (size_t)n;
		text[have] = '\0';
	}
	return 0;
}

static int
server_start(struct stock *s, const char *program, int server_cpu)
{
	int out[2], err;

	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	s->pid = child_fork();
	if (s->pid == 0)
		server_exec(program, s->path, out[1]);
	close(out[1]);
	err = s->pid < 0 ? s->pid : child_pin(s->pid, server_cpu);
	if (err == 0)
		err = endpoints_read(s, out[0]);
	close(out[0]);
	return err;
}

int
stock_start(struct stock *s, int server_cpu)
{
	char program[PATH_MAX];
	int err = program_find(program);

	*s = (struct stock){ 0 };
	if (err == 0)
		err = scratch_dir(s->dir);
	if (err < 0) {
		s->dir[0] = '\0';
		return err;
	}
	snprintf(s->path, sizeof(s->path), "%s/stock.sock", s->dir);
	err = server_start(s, program, server_cpu);
	if (err < 0)
		stock_stop(s);
	return err;
}

static int
server_address(const struct stock *s, const struct stock_mech *mech,
    struct addr *a)
{
	int port = mech->type == SOCK_DGRAM ? s->udp_port : s->tcp_port;

	if (mech->family == AF_UNIX)
		return addr_unix(a, s->path);
	return addr_resolve(a, AF_INET, "127.0.0.1", port) ?
	    -EADDRNOTAVAIL : 0;
}

/* A blocking socket, as libtirpc makes them; connected if it is a stream. */
static int
server_connect(const struct stock_mech *mech, const struct addr *a)
{
	int fd, err;

	if (mech->type == SOCK_DGRAM) {
		fd = socket(mech->family, mech->type | SOCK_CLOEXEC, 0);
		return fd < 0 ? -errno : fd;
	}
	fd = sock_connect(a, mech->type,
	    clock_ns() + STOCK_CONNECT_MS * NS_PER_MS);
	if (fd < 0)
		return fd;
	err = fd_set_nonblock(fd, 0);
	if (err == 0)
		return fd;
	fd_close(fd);
	return err;
}

static CLIENT *
handle_new(const struct stock_mech *mech, int fd, struct addr *a)
{
	struct netbuf at = { .maxlen = sizeof(a->ss), .len = a->len,
	    .buf = &a->ss };
	CLIENT *clnt;

	if (mech->type == SOCK_DGRAM)
		clnt = clnt_dg_create(fd, &at, ECHO_PROG, ECHO_V1, 0, 0);
	else
		clnt = clnt_vc_create(fd, &at, ECHO_PROG, ECHO_V1, 0, 0);
	if (clnt == NULL) {
		fd_close(fd);
		errno = rpc_createerr.cf_error.re_errno;
		if (errno == 0)
			errno = EPROTO;
		return NULL;
	}
	clnt_control(clnt, CLSET_FD_CLOSE, NULL);
	return clnt;
}

static const struct stock_mech stock_mechs[] = {
	{ .name = "rpc/tcp", .family = AF_INET, .type = SOCK_STREAM },
	{ .name = "rpc/udp", .family = AF_INET, .type = SOCK_DGRAM },
	{ .name = "rpc/local", .family = AF_UNIX, .type = SOCK_STREAM },
};

static const struct stock_mech *
mech_find(const char *name)
{
	size_t n = sizeof(stock_mechs) / sizeof(stock_mechs[0]);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(stock_mechs[i].name, name) == 0)
			return &stock_mechs[i];
	}
	return NULL;
}

CLIENT *
stock_client(struct stock *s, const char *mech)
{
	const struct stock_mech *m = mech_find(mech);
	struct addr a;
	int fd;

	if (m == NULL) {
		errno = EPROTONOSUPPORT;
		return NULL;
	}
	fd = server_address(s, m, &a);
	if (fd == 0)
		fd = server_connect(m, &a);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	return handle_new(m, fd, &a);
}

void
stock_stop(struct stock *s)
{
	child_stop(s->pid, STOCK_STOP_MS);
	s->pid = 0;
	if (s->dir[0] == '\0')
		return;
	unlink(s->path);
	rmdir(s->dir);
	s->dir[0] = '\0';
}
