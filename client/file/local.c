/*
 * The local end of a get: see local.h. Called by get.c; put.c uses the names.
 */
#include "file/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"

#define PART_END ".rpcall-part"

enum { LEAF_MAX = 200 };	/* of a name within the part's name */

const char *
path_leaf(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int
part_name(char *out, size_t size, const char *dir, const char *leaf,
    uint32_t key)
{
	char end[32] = PART_END;
	int n;

	if (key != 0)
		snprintf(end, sizeof(end), ".%08x" PART_END, key);
	n = snprintf(out, size, "%s%s.%.*s%s", dir, *dir ? "/" : "", LEAF_MAX,
	    leaf, end);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static int
in_the_way(const struct local *l, const char *why, struct failure *f)
{
	return failure_set(f, EXIT_CANTCREATE, "cannot create %s: %s", l->path,
	    why);
}

/* path or path/leaf, and the directory that it is in. */
static int
find_path(struct local *l, const char *path, const char *leaf, char *dir)
{
	struct stat st;
	bool is_dir = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	size_t n = strlen(path);
	int len;

	while (n > 1 && path[n - 1] == '/')
		n--;
	len = is_dir ? snprintf(l->path, PATH_MAX, "%.*s/%s", (int)n, path,
	    leaf) : snprintf(l->path, PATH_MAX, "%s", path);
	if (len >= PATH_MAX || path_leaf(l->path)[0] == '\0')
		return -ENAMETOOLONG;
	n = (size_t)(path_leaf(l->path) - l->path);
	snprintf(dir, PATH_MAX, "%.*s", (int)n, l->path);
	/* "/x" is in "/", not in "". */
	if (n > 1)
		dir[n - 1] = '\0';
	if (n == 0)
		strcpy(dir, ".");
	return part_name(l->part, PATH_MAX, strcmp(dir, "/") ? dir : "",
	    path_leaf(l->path), 0);
}

/* Only a file gives way to a file. */
static int
check_goal(const struct local *l, struct failure *f)
{
	struct stat st;

	if (lstat(l->path, &st) < 0)
		return errno == ENOENT ? 0 : in_the_way(l, strerror(errno), f);
	if (S_ISREG(st.st_mode))
		return 0;
	in_the_way(l, "what is there is not a regular file", f);
	failure_hint(f, "to write into it: rpcall get ... - >%s", l->path);
	return -f->code;
}

/* Ours, a file, with one name, and nobody else's at this moment. */
static int
check_part(struct local *l, struct failure *f)
{
	struct stat st, named;

	if (flock(l->fd, LOCK_EX | LOCK_NB) < 0)
		return in_the_way(l, "another rpcall is getting it", f);
	if (fstat(l->fd, &st) < 0)
		return in_the_way(l, strerror(errno), f);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    st.st_nlink != 1 || lstat(l->part, &named) < 0 ||
	    named.st_ino != st.st_ino || named.st_dev != st.st_dev) {
		in_the_way(l, "something is in the way of its part", f);
		failure_hint(f, "look at it: ls -l %s", l->part);
		return -f->code;
	}
	l->have = (uint64_t)st.st_size;
	return 0;
}

int
local_open(struct local *l, const char *path, const char *leaf, bool resume,
    struct failure *f)
{
	char dir[PATH_MAX];
	int err;

	l->fd = -1;
	if (find_path(l, path, leaf, dir) != 0)
		return failure_set(f, EXIT_CANTCREATE, "%s: not a name for a "
		    "file", path);
	err = check_goal(l, f);
	if (err)
		return err;
	l->fd = open(l->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC, 0666);
	if (l->fd < 0)
		return in_the_way(l, strerror(errno), f);
	err = check_part(l, f);
	if (err == 0 && !resume) {
		l->have = 0;
		if (ftruncate(l->fd, 0) < 0)
			err = in_the_way(l, strerror(errno), f);
	}
	if (err) {
		fd_close(l->fd);
		l->fd = -1;
	}
	return err;
}

static int
sync_dir_of(const char *path)
{
	char dir[PATH_MAX];
	size_t n = (size_t)(path_leaf(path) - path);
	int fd, err;

	snprintf(dir, sizeof(dir), "%.*s", (int)n, path);
	fd = open(n > 0 ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = fsync(fd) < 0 ? -errno : 0;
	fd_close(fd);
	return err;
}

int
local_commit(struct local *l, uint64_t size, bool sync, bool replace,
    struct failure *f)
{
	int err = 0;

	if (ftruncate(l->fd, (off_t)size) < 0 || (sync && fsync(l->fd) < 0) ||
	    renameat2(AT_FDCWD, l->part, AT_FDCWD, l->path,
	    replace ? 0 : RENAME_NOREPLACE) < 0)
		err = -errno;
	if (err == 0 && sync)
		err = sync_dir_of(l->path);
	return err ? in_the_way(l, strerror(-err), f) : 0;
}

void
local_close(struct local *l, bool keep)
{
	if (l->fd < 0)
		return;
	if (!keep)
		unlink(l->part);
	fd_close(l->fd);
	l->fd = -1;
}
