/*
 * From paths to descriptors: see file_fs.h. Called by the operations of FILE
 * in file_*.c, from any thread.
 */
#include "server/file_fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fd.h"
#include "server/file_path.h"

struct exports file_exports;

enum {
	NEW_FILE = 0600,
	TRIES = 16,	/* to open what is made and removed meanwhile */
};

static const struct {
	int err;
	file_status status;
} statuses[] = {
	{ 0, FILE_OK },
	{ ENOENT, FILE_NOENT },
	{ EEXIST, FILE_EXIST },
	{ ENOTDIR, FILE_NOTDIR },
	{ EISDIR, FILE_ISDIR },
	{ EACCES, FILE_ACCES },
	{ EPERM, FILE_ACCES },
	{ EROFS, FILE_ROFS },
	{ ENOSPC, FILE_NOSPC },
	{ EDQUOT, FILE_NOSPC },
	{ EINVAL, FILE_INVAL },
	{ ENAMETOOLONG, FILE_INVAL },
	{ ENOTEMPTY, FILE_NOTEMPTY },
	{ EMEDIUMTYPE, FILE_REFUSED },
	{ ELOOP, FILE_REFUSED },
	{ ENXIO, FILE_REFUSED },
	{ ENODEV, FILE_REFUSED },
	{ EFBIG, FILE_FBIG },
	{ EXDEV, FILE_XDEV },
	{ EBUSY, FILE_BUSY },
	{ ETXTBSY, FILE_BUSY },
	{ EMFILE, FILE_BUSY },
	{ ENFILE, FILE_BUSY },
	{ ENOMEM, FILE_BUSY },
	{ EAGAIN, FILE_BUSY },
	{ ESTALE, FILE_STALE },
};

file_status
file_status_of(int err)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].err == -err)
			return statuses[i].status;
	return FILE_IO;
}

int
file_fs_find(const char *path, bool writing, const struct export **e,
    const char **rest)
{
	struct file_where w;
	int err = file_path_cut(&w, path);

	if (err)
		return err;
	*e = exports_find(&file_exports, w.name, w.name_len);
	*rest = w.rest;
	if (*e == NULL)
		return -ENOENT;
	return writing && !(*e)->writable ? -EROFS : 0;
}

/*
 * rest below e, and nothing else: no link, no "..", no way through /proc; a
 * link itself with O_PATH and O_NOFOLLOW.
 */
static int
open_below(const struct export *e, const char *rest, int flags,
    unsigned resolve)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? NEW_FILE : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS | resolve,
	};
	long fd = syscall(SYS_openat2, e->fd, *rest ? rest : ".", &how,
	    sizeof(how));

	if (fd >= 0)
		return (int)fd;
	/* What openat2 calls EXDEV is an escape. */
	return errno == EXDEV ? -ELOOP : -errno;
}

/* Is what was opened a regular file? Else fd is closed. */
static int
only_regular(int fd, struct stat *st)
{
	int err = 0;

	if (fstat(fd, st) < 0)
		err = -errno;
	else if (S_ISDIR(st->st_mode))
		err = -EISDIR;
	else if (!S_ISREG(st->st_mode))
		err = -EMEDIUMTYPE;
	if (err)
		fd_close(fd);
	return err ? err : fd;
}

/* The file that the descriptor at was opened for with O_PATH. Closes at. */
static int
open_in_earnest(int at, int flags)
{
	char self[32];
	int fd;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", at);
	fd = open(self, flags | O_CLOEXEC);
	if (fd < 0)	/* ENOENT says that /proc is missing, not the file */
		fd = errno == ENOENT ? -EIO : -errno;
	fd_close(at);
	return fd;
}

/* A FIFO or a device may take note of who opens it: what is there is looked
 * at first, and nothing but a regular file is ever opened. */
static int
open_there(const struct export *e, const char *rest, int flags,
    unsigned resolve, struct stat *st)
{
	int at = open_below(e, rest, O_PATH, resolve);

	if (at >= 0)
		at = only_regular(at, st);
	return at < 0 ? at : open_in_earnest(at, flags);
}

/* Others may make and remove the file meanwhile. */
static int
open_or_create(const struct export *e, const char *rest, int flags,
    struct stat *st)
{
	int fd = -EEXIST;

	for (int i = 0; i < TRIES && fd == -EEXIST; i++) {
		fd = open_there(e, rest, flags & ~O_CREAT, 0, st);
		if (fd != -ENOENT)
			return fd;
		fd = open_below(e, rest, flags | O_EXCL, 0);
	}
	return fd < 0 ? fd : only_regular(fd, st);
}

int
file_fs_open(const char *path, int flags, bool cached, struct stat *st)
{
	const struct export *e;
	const char *rest;
	int err = file_fs_find(path, (flags & O_ACCMODE) != O_RDONLY, &e,
	    &rest), fd;

	if (err == 0 && *rest == '\0')
		err = -EISDIR;
	if (err)
		return err;
	if (!(flags & O_CREAT))
		return open_there(e, rest, flags,
		    cached ? RESOLVE_CACHED : 0, st);
	if (!(flags & O_EXCL))
		return open_or_create(e, rest, flags, st);
	fd = open_below(e, rest, flags, 0);
	return fd < 0 ? fd : only_regular(fd, st);
}

int
file_fs_open_dir(const char *path)
{
	const struct export *e;
	const char *rest;
	int err = file_fs_find(path, false, &e, &rest);

	return err ? err : open_below(e, rest, O_RDONLY | O_DIRECTORY |
	    O_NONBLOCK, 0);
}

int
file_fs_stat(const char *path, struct stat *st, const struct export **e)
{
	const char *rest;
	int fd = file_fs_find(path, false, e, &rest), err = 0;

	if (fd == 0)
		fd = open_below(*e, rest, O_PATH | O_NOFOLLOW, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, st) < 0)
		err = -errno;
	fd_close(fd);
	return err;
}

int
file_fs_parent(const char *path, const char **leaf)
{
	char dir[FILE_PATH_MAX + 1];
	const struct export *e;
	const char *rest;
	int err = file_fs_find(path, true, &e, &rest);

	if (err == 0)
		err = file_path_leaf(rest, dir, leaf);
	return err ? err : open_below(e, dir, O_PATH | O_DIRECTORY, 0);
}

static file_type
type_of(mode_t mode)
{
	return S_ISREG(mode) ? FILE_REGULAR : S_ISDIR(mode) ? FILE_DIRECTORY :
	    FILE_OTHER;
}

void
file_fs_attr(file_attr *attr, const struct stat *st, bool writable)
{
	*attr = (file_attr){
		.type = type_of(st->st_mode),
		.mode = st->st_mode & 07777,
		.size = S_ISREG(st->st_mode) ? (u_quad_t)st->st_size : 0,
		.mtime_s = st->st_mtim.tv_sec,
		.mtime_ns = (u_int)st->st_mtim.tv_nsec,
		.id = st->st_ino,
		.writable = writable,
	};
}
