/*
 * Names of files: STAT, CREATE, RENAME, REMOVE, MKDIR. What is about a name
 * acts on the last component below a directory that is held open, and never
 * follows a link there. Called by svc_file.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "fd.h"
#include "server/file_fs.h"
#include "server/file_ops.h"

enum { NEW_DIR = 0700 };

/* "" is a directory, too: the list of exports. */
static int
stat_path(const char *path, file_attr *attr)
{
	const struct export *e;
	struct stat st;
	int err;

	if (*path == '\0') {
		attr->type = FILE_DIRECTORY;
		attr->mode = 0500;
		return 0;
	}
	err = file_fs_stat(path, &st, &e);
	if (err == 0)
		file_fs_attr(attr, &st, e->writable);
	return err;
}

void
file_op_stat(void *args, void *res)
{
	file_attr_res *r = res;

	r->status = file_status_of(stat_path(*(file_path *)args,
	    &r->file_attr_res_u.attr));
}

void
file_op_create(void *args, void *res)
{
	const file_create_args *a = args;
	file_attr_res *r = res;
	struct stat st;
	int fd = file_fs_open(a->path, O_WRONLY | O_CREAT |
	    (a->exclusive ? O_EXCL : 0), false, &st);

	if (fd >= 0) {
		file_fs_attr(&r->file_attr_res_u.attr, &st, true);
		fd_close(fd);
	}
	r->status = file_status_of(fd < 0 ? fd : 0);
}

/* What has a name: 0 for a regular file or a directory. */
static int
check_kind(int dir, const char *leaf, bool *is_dir)
{
	struct stat st;

	if (fstatat(dir, leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	*is_dir = S_ISDIR(st.st_mode);
	return *is_dir || S_ISREG(st.st_mode) ? 0 : -EMEDIUMTYPE;
}

/* What is there may be replaced; nothing may be there, too. */
static int
check_goal(int dir, const char *leaf)
{
	bool is_dir;
	int err = check_kind(dir, leaf, &is_dir);

	return err == -ENOENT ? 0 : err;
}

static int
rename_below(int from_dir, const char *from, int to_dir, const char *to,
    bool replace)
{
	bool is_dir;
	int err = check_kind(from_dir, from, &is_dir);

	if (err == 0 && replace)
		err = check_goal(to_dir, to);
	if (err)
		return err;
	return renameat2(from_dir, from, to_dir, to,
	    replace ? 0 : RENAME_NOREPLACE) < 0 ? -errno : 0;
}

void
file_op_rename(void *args, void *res)
{
	const file_rename_args *a = args;
	const char *from, *to;
	int from_dir = file_fs_parent(a->from, &from), to_dir, err;

	to_dir = from_dir < 0 ? from_dir : file_fs_parent(a->to, &to);
	err = to_dir < 0 ? to_dir : rename_below(from_dir, from, to_dir, to,
	    a->replace);
	fd_close(to_dir);
	fd_close(from_dir);
	*(file_status *)res = file_status_of(err);
}

void
file_op_remove(void *args, void *res)
{
	const file_name_args *a = args;
	const char *leaf;
	bool is_dir;
	int dir = file_fs_parent(a->path, &leaf);
	int err = dir < 0 ? dir : check_kind(dir, leaf, &is_dir);

	if (err == 0 && unlinkat(dir, leaf, is_dir ? AT_REMOVEDIR : 0) < 0)
		/* POSIX lets a full directory be either. */
		err = errno == EEXIST ? -ENOTEMPTY : -errno;
	fd_close(dir);
	*(file_status *)res = file_status_of(err);
}

void
file_op_mkdir(void *args, void *res)
{
	const file_name_args *a = args;
	const char *leaf;
	int dir = file_fs_parent(a->path, &leaf);
	int err = dir < 0 ? dir : mkdirat(dir, leaf, NEW_DIR) < 0 ? -errno : 0;

	fd_close(dir);
	*(file_status *)res = file_status_of(err);
}
