/*
 * systemd's notify and listen protocols: see sysd.h. Called by main.c.
 */
#include "server/sysd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"
#include "sock.h"

enum { FIRST_FD = 3, FDS_MAX = 64 };

void
sysd_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct addr a;
	int fd;

	if (path == NULL || addr_unix(&a, path) != 0)
		return;
	/* "@name" is in the abstract namespace, without a closing NUL. */
	a.len--;
	if (*path == '@')
		a.un.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, &a.sa, a.len);
	fd_close(fd);
}

int
sysd_listen(int (*take)(const char *name, int fd, void *arg), void *arg)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	int n = count == NULL ? 0 : atoi(count);

	if (pid == NULL || atol(pid) != (long)getpid() || n < 1 || n > FDS_MAX)
		return 0;
	for (int i = 0; i < n; i++) {
		size_t len = names == NULL ? 0 : strcspn(names, ":");
		char name[64];
		int r;

		snprintf(name, sizeof(name), "%.*s", (int)len,
		    names == NULL ? "" : names);
		if (names != NULL)
			names += len + (names[len] == ':');
		fcntl(FIRST_FD + i, F_SETFD, FD_CLOEXEC);
		fd_set_nonblock(FIRST_FD + i, 1);
		r = take(name, FIRST_FD + i, arg);
		if (r < 0)
			return r;
	}
	return n;
}
