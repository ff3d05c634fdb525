/*
 * How FILE reaches files: from a path (idl/file.x) to a descriptor below an
 * export, and from errno to a file_status. Everything returns 0 or -errno;
 * -EINVAL for what is no path, -EROFS for a change of a read-only export,
 * -EMEDIUMTYPE for what is neither a regular file nor a directory.
 */
#ifndef RPCALLD_FILE_FS_H
#define RPCALLD_FILE_FS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "file.h"
#include "server/export.h"

/* What there is; without any, every path is -ENOENT. Filled by svc_file.c. */
extern struct exports file_exports;

/* A status for -errno. */
file_status file_status_of(int err);

/*
 * The export of a path, and the rest behind its name; for a change when
 * writing is set. -ENOENT for the list of exports.
 */
int file_fs_find(const char *path, bool writing, const struct export **e,
    const char **rest);

/*
 * Opens a regular file: a descriptor, with what it is in *st. flags are
 * O_RDONLY or O_WRONLY, and O_CREAT and O_EXCL. With cached set it answers
 * -EAGAIN rather than wait for a disk.
 */
int file_fs_open(const char *path, int flags, bool cached, struct stat *st);

/* Opens a directory to be listed. */
int file_fs_open_dir(const char *path);

/* What is at a path, whatever it is; *e is its export. */
int file_fs_stat(const char *path, struct stat *st, const struct export **e);

/*
 * The directory in which a path's last component stands, for a change: a
 * descriptor, and *leaf points into path.
 */
int file_fs_parent(const char *path, const char **leaf);

void file_fs_attr(file_attr *attr, const struct stat *st, bool writable);

#endif
