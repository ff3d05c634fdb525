/*
 * Files that are whole or not there: see outfile.h. Used by every verb that
 * writes to a file that the user names.
 */
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interrupt.h"

static int
take(struct outfile *o, int fd)
{
	int err;

	o->out = fdopen(fd, "w");
	if (o->out != NULL)
		return 0;
	err = -errno;
	close(fd);
	return err;
}

static int
open_itself(struct outfile *o)
{
	int fd = open(o->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	o->temp[0] = '\0';
	return fd < 0 ? -errno : take(o, fd);
}

/* A file that nobody else has: a number follows until there is one. */
static int
open_new(struct outfile *o)
{
	int fd = -1;

	for (unsigned i = 0; fd < 0 && i < 100; i++) {
		snprintf(o->temp, sizeof(o->temp), "%s.new%u", o->path, i);
		fd = open(o->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd < 0 ? -errno : fd;
}

/* It is gone with us. */
static int
open_beside(struct outfile *o)
{
	sigset_t before;
	int fd;

	interrupt_hold(&before);
	fd = open_new(o);
	if (fd >= 0)
		interrupt_removes(o->temp);
	interrupt_let(&before);
	return fd;
}

/* It is where it belongs, or nowhere. */
static int
end_beside(struct outfile *o, int err)
{
	sigset_t before;

	interrupt_hold(&before);
	if (err == 0 && rename(o->temp, o->path) != 0)
		err = -errno;
	if (err)
		unlink(o->temp);
	interrupt_removes(NULL);
	interrupt_let(&before);
	return err;
}

int
outfile_open(struct outfile *o, const char *path)
{
	char resolved[PATH_MAX];
	bool there = realpath(path, resolved) != NULL;
	struct stat st;
	int fd;

	if (strlen(path) >= sizeof(o->path))
		return -ENAMETOOLONG;
	strcpy(o->path, there ? resolved : path);
	there = there && stat(o->path, &st) == 0;
	if (there && (!S_ISREG(st.st_mode) || access(o->path, W_OK) != 0))
		return open_itself(o);
	fd = open_beside(o);
	if (fd < 0)
		return open_itself(o);
	if (there)
		fchmod(fd, st.st_mode & 07777);
	fd = take(o, fd);
	return fd ? end_beside(o, fd) : 0;
}

int
outfile_end(struct outfile *o, int err)
{
	bool broken = ferror(o->out) != 0;

	if (fclose(o->out) != 0 && err == 0)
		err = -errno;
	if (err == 0 && broken)
		err = -EIO;
	return o->temp[0] == '\0' ? err : end_beside(o, err);
}

int
outfile_try(const char *path)
{
	size_t n = strlen(path);
	char dir[PATH_MAX];
	struct stat st;

	if (n == 0 || n >= sizeof(dir))
		return n == 0 ? -ENOENT : -ENAMETOOLONG;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return -EISDIR;
	if (access(path, F_OK) == 0)
		return access(path, W_OK) == 0 ? 0 : -errno;
	/* The directory that it is to be made in. */
	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	snprintf(dir, sizeof(dir), "%.*s", n > 0 ? (int)n : 1, n > 0 ? path :
	    ".");
	return access(dir, W_OK | X_OK) == 0 ? 0 : -errno;
}
