/*
 * Bytes of files: READ, WRITE, TRUNCATE, SYNC. Files are opened for each
 * call, so that a name is what it is at that moment. Called by svc_file.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fd.h"
#include "server/file_fs.h"
#include "server/file_ops.h"

enum {
	/* What is read from a disk brings as much again behind it, so that
	 * whoever reads on finds it in memory. */
	AHEAD = 4 << 20,
};

/* Is [offset, offset + n) a place in a file? */
static bool
is_range(uint64_t offset, uint64_t n)
{
	return offset <= INT64_MAX && n <= INT64_MAX - offset;
}

/* All n bytes or fewer at the end of the file: count, or -errno. */
static ssize_t
read_at(int fd, char *to, size_t n, off_t offset, int flags)
{
	size_t got = 0;

	while (got < n) {
		struct iovec iov = { to + got, n - got };
		ssize_t r = preadv2(fd, &iov, 1, offset + (off_t)got, flags);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

/* Is the file in one that has no disk? */
static bool
in_memory(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC;
}

/* As read_at(); with cached set -EAGAIN rather than wait for a disk. */
static ssize_t
read_cached_at(int fd, char *to, size_t n, off_t offset, bool cached)
{
	ssize_t got = read_at(fd, to, n, offset, cached ? RWF_NOWAIT : 0);

	/* tmpfs knows no RWF_NOWAIT and never waits. */
	if (cached && got == -EOPNOTSUPP && in_memory(fd))
		got = read_at(fd, to, n, offset, 0);
	return got;
}

/* As much as is asked for and the file has: bytes, or -errno. */
static int
read_file(int fd, const struct stat *st, const file_read_args *a,
    file_data *data, uint8_t *to, bool cached)
{
	uint64_t size = (uint64_t)st->st_size;
	size_t n = a->offset >= size ? 0 : size - a->offset < a->count ?
	    (size_t)(size - a->offset) : a->count;
	ssize_t got = 0;

	if (n > 0) {
		data->bytes.bytes_val = to != NULL ? (char *)to : malloc(n);
		if (data->bytes.bytes_val == NULL)
			return -ENOMEM;
		got = read_cached_at(fd, data->bytes.bytes_val, n,
		    (off_t)a->offset, cached);
	}
	if (got < 0) {
		if (to == NULL)
			free(data->bytes.bytes_val);
		data->bytes.bytes_val = NULL;
		return (int)got;
	}
	data->bytes.bytes_len = (u_int)got;
	data->eof = a->offset + (uint64_t)got >= size || (size_t)got < n;
	return 0;
}

static int
read_now(const file_read_args *a, file_read_res *res, uint8_t *to,
    bool cached)
{
	struct stat st;
	int fd, err;

	if (a->count > FILE_IO_MAX || !is_range(a->offset, a->count))
		return -EINVAL;
	fd = file_fs_open(a->path, O_RDONLY, cached, &st);
	if (fd < 0)
		return fd;
	err = read_file(fd, &st, a, &res->file_read_res_u.data, to, cached);
	if (!cached && err == 0)
		posix_fadvise(fd, (off_t)(a->offset + a->count), AHEAD,
		    POSIX_FADV_WILLNEED);
	fd_close(fd);
	return err;
}

bool
file_read_cached(const file_read_args *a, file_read_res *res, uint8_t *to)
{
	int err = read_now(a, res, to, true);

	/* Some file systems know no RWF_NOWAIT, old kernels no
	 * RESOLVE_CACHED; the pool has the last word on those. */
	if (err == -EAGAIN || err == -EOPNOTSUPP ||
	    (err == -EINVAL && a->count <= FILE_IO_MAX))
		return false;
	res->status = file_status_of(err);
	return true;
}

void
file_read(const file_read_args *a, file_read_res *res, uint8_t *to)
{
	res->status = file_status_of(read_now(a, res, to, false));
}

static int
write_at(int fd, const char *from, size_t n, off_t offset)
{
	while (n > 0) {
		ssize_t put = pwrite(fd, from, n, offset);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put < 0 ? -errno : -EIO;
		from += put;
		n -= (size_t)put;
		offset += put;
	}
	return 0;
}

/* 0 or -errno; with cached set -EAGAIN where there is a disk. */
static int
write_now(const file_write_args *a, bool cached)
{
	struct stat st;
	int fd, err;

	if (!is_range(a->offset, a->bytes.bytes_len))
		return -EINVAL;
	fd = file_fs_open(a->path, O_WRONLY, cached, &st);
	if (fd < 0)
		return fd;
	err = cached && !in_memory(fd) ? -EAGAIN : write_at(fd,
	    a->bytes.bytes_val, a->bytes.bytes_len, (off_t)a->offset);
	fd_close(fd);
	return err;
}

bool
file_write_cached(const file_write_args *a, file_status *res)
{
	int err = write_now(a, true);

	if (err == -EAGAIN || err == -EINVAL)
		return false;
	*res = file_status_of(err);
	return true;
}

void
file_op_write(void *args, void *res)
{
	*(file_status *)res = file_status_of(write_now(args, false));
}

void
file_op_truncate(void *args, void *res)
{
	const file_truncate_args *a = args;
	struct stat st;
	int fd, err;

	*(file_status *)res = FILE_INVAL;
	if (!is_range(a->size, 0))
		return;
	fd = err = file_fs_open(a->path, O_WRONLY, false, &st);
	if (fd >= 0) {
		err = ftruncate(fd, (off_t)a->size) < 0 ? -errno : 0;
		fd_close(fd);
	}
	*(file_status *)res = file_status_of(err);
}

/* fsync of a descriptor, which is closed. */
static int
sync_close(int fd)
{
	int err = fsync(fd) < 0 ? -errno : 0;

	fd_close(fd);
	return err;
}

/* A path without its last component, in place: what it names is there. */
static void
cut_leaf(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash != NULL)
		*slash = '\0';
}

void
file_op_sync(void *args, void *res)
{
	char path[FILE_PATH_MAX + 1], *name = *(file_path *)args;
	struct stat st;
	int fd = file_fs_open(name, O_RDONLY, false, &st), err;

	if (fd == -EISDIR)
		fd = file_fs_open_dir(name);
	err = fd < 0 ? fd : sync_close(fd);
	if (err == 0) {
		/* Its own name is in the directory above. */
		strcpy(path, name);
		cut_leaf(path);
		fd = file_fs_open_dir(path);
		err = fd < 0 ? fd : sync_close(fd);
	}
	*(file_status *)res = file_status_of(err);
}
