/*
 * The directory of named pipes: see fifo_dir.h. Used by mech_fifo.c and by
 * rpcalld --clean. All work is relative to an open directory and follows no
 * link.
 */
#include "server/fifo_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"
#include "server/rundir.h"

/* Unlike any session that a client looks for. */
#define SPARE "next"

static int
is_own_fifo(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISFIFO(st.st_mode) && st.st_uid == geteuid();
}

void
fifo_dir_remove_session(int at, const char *name)
{
	static const char *const leaves[] = { "in", "out" };
	int dir = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);

	if (dir < 0)
		return;
	for (int i = 0; i < 2; i++)
		if (is_own_fifo(dir, leaves[i]))
			unlinkat(dir, leaves[i], 0);
	fd_close(dir);
	unlinkat(at, name, AT_REMOVEDIR);
}

void
fifo_dir_spare(char *out, size_t size, const char *dir)
{
	snprintf(out, size, "%s/" SPARE, dir);
}

static int
open_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static bool
is_session(const char *name)
{
	return strncmp(name, "s-", 2) == 0 || strcmp(name, SPARE) == 0;
}

static void
each_session(int dir, void (*act)(int dir, const char *name, void *arg),
    void *arg)
{
	DIR *d = fdopendir(fcntl(dir, F_DUPFD_CLOEXEC, 3));
	struct dirent *entry;

	if (d == NULL)
		return;
	rewinddir(d);
	while ((entry = readdir(d)) != NULL)
		if (is_session(entry->d_name))
			act(dir, entry->d_name, arg);
	closedir(d);
}

static void
remove_it(int dir, const char *name, void *arg)
{
	(void)arg;
	fifo_dir_remove_session(dir, name);
}

/* Somebody reads it: it can be opened for writing without waiting. */
static int
has_reader(int dir)
{
	int fd = openat(dir, "ctl", O_WRONLY | O_NONBLOCK | O_NOFOLLOW |
	    O_CLOEXEC);

	fd_close(fd);
	return fd >= 0;
}

static int
prepare_ctl(int dir)
{
	if (mkfifoat(dir, "ctl", 0600) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (!is_own_fifo(dir, "ctl"))
		return -EPERM;
	return has_reader(dir) ? -EADDRINUSE : 0;
}

int
fifo_dir_prepare(const char *path)
{
	int err = private_dir(path);
	int dir;

	if (err)
		return err;
	dir = open_dir(path);
	if (dir < 0)
		return dir;
	err = prepare_ctl(dir);
	if (err == 0)
		each_session(dir, remove_it, NULL);
	fd_close(dir);
	return err;
}

void
fifo_dir_clean(const char *path)
{
	int dir = open_dir(path);

	if (dir < 0)
		return;
	each_session(dir, remove_it, NULL);
	if (is_own_fifo(dir, "ctl"))
		unlinkat(dir, "ctl", 0);
	fd_close(dir);
	rmdir(path);
}

struct listing {
	const char *path;
	void (*show)(const char *path);
};

static void
show_it(int dir, const char *name, void *arg)
{
	struct listing *l = arg;
	char text[4096];

	(void)dir;
	snprintf(text, sizeof(text), "%s/%s", l->path, name);
	l->show(text);
}

void
fifo_dir_list(const char *path, void (*show)(const char *path))
{
	struct listing l = { path, show };
	int dir = open_dir(path);

	if (dir < 0)
		return;
	each_session(dir, show_it, &l);
	if (is_own_fifo(dir, "ctl"))
		show_it(dir, "ctl", &l);
	fd_close(dir);
}
