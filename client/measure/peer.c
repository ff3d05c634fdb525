/*
 * Finding a server's process: see peer.h. Called by placement.c.
 */
#include "measure/peer.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sock.h"

/* What the other end has open, too. */
struct object {
	dev_t dev;
	ino_t ino;
};

static bool
has_open(const char *pid, const struct object *o)
{
	char path[300];
	struct dirent *entry;
	bool found = false;
	struct stat st;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	fds = opendir(path);
	while (fds != NULL && !found && (entry = readdir(fds)) != NULL)
		found = fstatat(dirfd(fds), entry->d_name, &st, 0) == 0 &&
		    st.st_dev == o->dev && st.st_ino == o->ino;
	if (fds != NULL)
		closedir(fds);
	return found;
}

/* Another process that has it open. */
static pid_t
holder(const struct object *o)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t pid = -ESRCH;

	while (proc != NULL && pid < 0 && (entry = readdir(proc)) != NULL) {
		long n = strtol(entry->d_name, NULL, 10);

		if (n > 0 && n != getpid() && has_open(entry->d_name, o))
			pid = (pid_t)n;
	}
	if (proc != NULL)
		closedir(proc);
	return pid;
}

/*
 * A line of /proc/net/tcp: is it theirs to our port, or a datagram socket that
 * serves all? Its inode, or 0.
 */
static unsigned long
inode_in(const char *line, unsigned theirs, unsigned ours, bool datagram)
{
	unsigned local, remote;
	unsigned long inode;

	if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%x %*x %*s %*s "
	    "%*s %*u %*d %lu", &local, &remote, &inode) != 3)
		return 0;
	return local == theirs && (datagram ? remote == 0 : remote == ours) ?
	    inode : 0;
}

static unsigned long
inode_of(const char *table, unsigned theirs, unsigned ours, bool datagram)
{
	FILE *f = fopen(table, "re");
	unsigned long inode = 0;
	char line[512];

	while (f != NULL && inode == 0 && fgets(line, sizeof(line), f) != NULL)
		inode = inode_in(line, theirs, ours, datagram);
	if (f != NULL)
		fclose(f);
	return inode;
}

static unsigned
port_of(int fd, int (*name)(int, struct sockaddr *, socklen_t *))
{
	struct addr a = { .len = sizeof(a.ss) };

	return name(fd, &a.sa, &a.len) == 0 ? addr_port(&a) : 0;
}

/* Of the connection's other end, once it was accepted. */
static pid_t
inet_peer(const struct link *l)
{
	static const char *const tables[2][2] = {
		{ "/proc/net/tcp", "/proc/net/tcp6" },
		{ "/proc/net/udp", "/proc/net/udp6" },
	};
	unsigned theirs = port_of(l->rfd, getpeername);
	unsigned ours = port_of(l->rfd, getsockname);
	struct stat st;

	if (theirs == 0 || fstat(l->rfd, &st) < 0)
		return -ESRCH;
	for (int i = 0; i < 2; i++) {
		struct object o = { .dev = st.st_dev, .ino =
			inode_of(tables[l->datagram][i], theirs, ours,
			l->datagram) };

		if (o.ino != 0)
			return holder(&o);
	}
	return -ESRCH;
}

static pid_t
unix_peer(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	    cred.pid > 0 ? cred.pid : -ESRCH;
}

static pid_t
find(const struct link *l)
{
	struct stat st;

	if (fstat(l->wfd, &st) < 0)
		return -ESRCH;
	if (S_ISFIFO(st.st_mode))
		return holder(&(struct object){ st.st_dev, st.st_ino });
	if (port_of(l->rfd, getsockname) > 0)
		return inet_peer(l);
	return unix_peer(l->rfd);
}

pid_t
peer_find(const struct link *l)
{
	pid_t pid = l->child > 0 ? l->child : find(l);

	/* An init that listens for others is not who serves. */
	return pid == 1 ? -ESRCH : pid;
}
