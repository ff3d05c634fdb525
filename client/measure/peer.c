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
	unsigned left;		/* descriptors that are still looked at */
};

/* On a machine with more in all the server may remain unfound. */
enum { LOOKED_AT = 1 << 18, HEX = 33 };

static bool
has_open(const char *pid, struct object *o)
{
	char path[300];
	struct dirent *entry;
	bool found = false;
	struct stat st;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	fds = opendir(path);
	while (fds != NULL && !found && o->left > 0 &&
	    (entry = readdir(fds)) != NULL) {
		o->left--;
		found = fstatat(dirfd(fds), entry->d_name, &st, 0) == 0 &&
		    st.st_dev == o->dev && st.st_ino == o->ino;
	}
	if (fds != NULL)
		closedir(fds);
	return found;
}

/* Another process that has it open. */
static pid_t
holder(struct object *o)
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

/* The two ends of a link, as /proc/net/tcp has them. */
struct ends {
	unsigned theirs, ours;	/* ports */
	char address[HEX];	/* of both, in hexadecimal */
	bool datagram;
};

/*
 * Words as the machine has them. Where the addresses differ the other end is
 * on another machine: to one of its own this one speaks from the same, but
 * for those of the loopback.
 */
static bool
ends_of(const struct link *l, struct ends *e)
{
	struct addr to = { .len = sizeof(to.ss) }, from = { .len = sizeof(to.ss) };
	char there[ADDR_TEXT_MAX], here[ADDR_TEXT_MAX];
	uint32_t w[4];

	if (getpeername(l->rfd, &to.sa, &to.len) < 0 ||
	    getsockname(l->rfd, &from.sa, &from.len) < 0)
		return false;
	*e = (struct ends){ .theirs = (unsigned)addr_port(&to),
		.ours = (unsigned)addr_port(&from), .datagram = l->datagram };
	memcpy(w, to.sa.sa_family == AF_INET ? (void *)&to.in.sin_addr :
	    (void *)&to.in6.sin6_addr, to.sa.sa_family == AF_INET ? 4 : 16);
	if (to.sa.sa_family == AF_INET)
		snprintf(e->address, HEX, "%08X", w[0]);
	else
		snprintf(e->address, HEX, "%08X%08X%08X%08X", w[0], w[1], w[2],
		    w[3]);
	return addr_is_local(&to) || strcmp(addr_host(&to, there,
	    sizeof(there)), addr_host(&from, here, sizeof(here))) == 0;
}

/* Theirs, or any; IPv4 ends an address of IPv6 that stands for it. */
static bool
is_theirs(const struct ends *e, const char *address)
{
	size_t n = strlen(address), want = strlen(e->address);

	return strspn(address, "0") == n || (n >= want &&
	    strcmp(address + n - want, e->address) == 0);
}

/*
 * A line of /proc/net/tcp: is it theirs to our port, or a datagram socket that
 * serves all? Its inode, or 0.
 */
static unsigned long
inode_in(const char *line, const struct ends *e)
{
	unsigned local, remote;
	unsigned long inode;
	char address[HEX];

	if (sscanf(line, " %*u: %32[0-9A-F]:%x %*[0-9A-F]:%x %*x %*s %*s "
	    "%*s %*u %*d %lu", address, &local, &remote, &inode) != 4)
		return 0;
	return local == e->theirs && is_theirs(e, address) &&
	    remote == (e->datagram ? 0 : e->ours) ? inode : 0;
}

static unsigned long
inode_of(const char *table, const struct ends *e)
{
	FILE *f = fopen(table, "re");
	unsigned long inode = 0;
	char line[512];

	while (f != NULL && inode == 0 && fgets(line, sizeof(line), f) != NULL)
		inode = inode_in(line, e);
	if (f != NULL)
		fclose(f);
	return inode;
}

/* Of the connection's other end, once it was accepted. */
static pid_t
inet_peer(const struct link *l)
{
	static const char *const tables[2][2] = {
		{ "/proc/net/tcp", "/proc/net/tcp6" },
		{ "/proc/net/udp", "/proc/net/udp6" },
	};
	struct ends e;
	struct stat st;

	if (!ends_of(l, &e) || fstat(l->rfd, &st) < 0)
		return -ESRCH;
	for (int i = 0; i < 2; i++) {
		struct object o = { .dev = st.st_dev, .left = LOOKED_AT,
			.ino = inode_of(tables[l->datagram][i], &e) };

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
	struct addr a = { .len = sizeof(a.ss) };
	struct stat st;

	if (fstat(l->wfd, &st) < 0)
		return -ESRCH;
	if (S_ISFIFO(st.st_mode))
		return holder(&(struct object){ st.st_dev, st.st_ino,
		    LOOKED_AT });
	if (getsockname(l->rfd, &a.sa, &a.len) < 0)
		return -ESRCH;
	return a.sa.sa_family == AF_UNIX ? unix_peer(l->rfd) : inet_peer(l);
}

pid_t
peer_find(const struct link *l)
{
	pid_t pid = l->child > 0 ? l->child : find(l);

	/* An init that listens for others is not who serves. */
	return pid == 1 ? -ESRCH : pid;
}
