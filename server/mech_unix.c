/*
 * Unix stream sockets: ONC RPC (rpc/local) and the lean frame (unix). One
 * socket shared by all workers. A socket that a dead server left is replaced;
 * one that answers, or anything else at that path, is not touched.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "server/listener.h"
#include "server/mech.h"

enum { PROBE_MS = 1000 };

/* Makes way for a new socket: 0, or -EADDRINUSE. */
static int
remove_stale(const struct addr *a)
{
	struct stat st;
	int fd;

	if (lstat(a->un.sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid())
		return -EADDRINUSE;
	fd = sock_connect(a, SOCK_STREAM, clock_ns() + PROBE_MS * NS_PER_MS);
	if (fd >= 0 || fd != -ECONNREFUSED) {
		fd_close(fd);
		return -EADDRINUSE;
	}
	return unlink(a->un.sun_path) < 0 ? -errno : 0;
}

static int
unix_open(struct server *s, struct endpoint *e)
{
	struct addr a = { 0 };
	int err;

	if (e->inherited < 0) {
		err = addr_unix(&a, e->target.path);
		if (err == 0)
			err = remove_stale(&a);
		if (err)
			return err;
	} else
		a.sa.sa_family = AF_UNIX;
	return listener_open(s, e, &a);
}

static void
unix_close(struct endpoint *e)
{
	/* systemd's socket stays: it is not ours to remove. */
	if (e->inherited < 0)
		unlink(e->target.path);
	listener_close(e);
}

const struct mech mech_rpc_local = {
	.open = unix_open,
	.quiet = listener_quiet,
	.close = unix_close,
};

const struct mech mech_unix = {
	.open = unix_open,
	.quiet = listener_quiet,
	.close = unix_close,
};
