/*
 * The FIFOs of a session: see fifo_session.h. Called by mech_fifo.c, in the
 * first worker.
 */
#include "server/fifo_session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "fd.h"
#include "server/fifo_dir.h"
#include "target.h"

enum { PATH_SIZE = TARGET_PATH_MAX + 80 };

static int
make_fifo(const char *dir, const char *leaf)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", dir, leaf);
	return mkfifo(path, 0600) < 0 ? -errno : 0;
}

int
fifo_session_make(const char *hidden)
{
	int err;

	if (mkdir(hidden, 0700) < 0)
		return -errno;
	err = make_fifo(hidden, "out");
	if (err == 0)
		err = make_fifo(hidden, "in");
	if (err)
		fifo_dir_remove_session(AT_FDCWD, hidden);
	return err;
}

/*
 * Our end: it, or -errno. A FIFO can be opened for writing as long as somebody
 * reads it, so that ours stays open, with nobody at the other end yet.
 */
static int
open_end(const char *dir, const char *leaf, int flags)
{
	const int common = O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW;
	char path[PATH_SIZE];
	int fd, reader = -1;

	snprintf(path, sizeof(path), "%s/%s", dir, leaf);
	if (flags == O_WRONLY)
		reader = open(path, O_RDONLY | common);
	fd = open(path, flags | common);
	fd = fd < 0 ? -errno : fd;
	fd_close(reader);
	return fd;
}

void
fifo_session_close(const int ends[2])
{
	fd_close(ends[FIFO_IN]);
	fd_close(ends[FIFO_OUT]);
}

int
fifo_session_show(const char *hidden, const char *shown, int ends[2])
{
	int err = 0;

	ends[FIFO_OUT] = open_end(hidden, "out", O_WRONLY);
	ends[FIFO_IN] = open_end(hidden, "in", O_RDONLY);
	if (ends[FIFO_OUT] < 0 || ends[FIFO_IN] < 0)
		err = ends[FIFO_OUT] < 0 ? ends[FIFO_OUT] : ends[FIFO_IN];
	/* Refuses a name that exists: nobody is let into another's session. */
	else if (renameat2(AT_FDCWD, hidden, AT_FDCWD, shown,
	    RENAME_NOREPLACE) < 0)
		err = -errno;
	if (err) {
		fifo_session_close(ends);
		fifo_dir_remove_session(AT_FDCWD, hidden);
	}
	return err;
}
