/*
 * Run and state directories: see rundir.h. Called by main.c before anything
 * is opened there.
 */
#include "server/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"

int
private_dir(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (lstat(path, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (st.st_uid != geteuid() || (st.st_mode & 022))
		return -EPERM;
	return 0;
}

static int
put(char *out, size_t size, const char *dir, const char *leaf)
{
	int n = snprintf(out, size, "%s%s", dir, leaf);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

/* The XDG base directory specification takes an empty one for none. */
static const char *
xdg_dir(const char *name)
{
	const char *dir = getenv(name);

	return dir != NULL && *dir != '\0' ? dir : NULL;
}

int
rundir_find(const char *given, char *out, size_t size)
{
	const char *xdg = xdg_dir("XDG_RUNTIME_DIR");

	if (given == NULL)
		given = getenv("RPCALL_RUN_DIR");
	if (given != NULL)
		return put(out, size, given, "");
	if (geteuid() == 0)
		return put(out, size, "/run/rpcall", "");
	return xdg == NULL ? -ENOENT : put(out, size, xdg, "/rpcall");
}

int
statedir_find(const char *given, char *out, size_t size)
{
	const char *xdg = xdg_dir("XDG_STATE_HOME"), *home = getenv("HOME");

	if (given != NULL)
		return put(out, size, given, "");
	if (geteuid() == 0)
		return put(out, size, "/var/lib/rpcall", "");
	if (xdg != NULL)
		return put(out, size, xdg, "/rpcall");
	return home == NULL ? -ENOENT :
	    put(out, size, home, "/.local/state/rpcall");
}

/* What is missing on the way to path, 0700; errors show when path is made. */
static void
make_parents(const char *path)
{
	char parent[4096];

	for (const char *p = strchr(path + 1, '/'); p != NULL;
	    p = strchr(p + 1, '/')) {
		snprintf(parent, sizeof(parent), "%.*s", (int)(p - path), path);
		mkdir(parent, 0700);
	}
}

int
rundir_make(const char *dir, bool parents)
{
	if (parents)
		make_parents(dir);
	return private_dir(dir);
}

int
rundir_lock(const char *dir, bool parents)
{
	char path[4096];
	int fd, err = rundir_make(dir, parents);

	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/lock", dir);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		err = -errno;
		fd_close(fd);
		return err;
	}
	return fd;
}
