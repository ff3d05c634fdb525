/*
 * Paths of FILE (idl/file.x): "NAME/a/b", checked and cut, without touching
 * any file. Whatever passes here is resolved by openat2(2) below the export's
 * directory, which has the last word on links and mounts.
 */
#ifndef RPCALLD_FILE_PATH_H
#define RPCALLD_FILE_PATH_H

#include <stddef.h>

#include "file.h"

/* The parts of a path; they point into it. */
struct file_where {
	const char *name;	/* of the export; name_len 0: the list of them */
	size_t name_len;
	const char *rest;	/* "a/b"; "" is the export's directory */
};

/* 0, or -EINVAL: too long, or a component that is empty, "." or "..". */
int file_path_cut(struct file_where *w, const char *path);

/*
 * Where the last component of a rest stands, and in dir what is before it
 * ("." where that is the export's directory): 0, or -EINVAL for the export's
 * directory itself, which has no name that could change.
 */
int file_path_leaf(const char *rest, char dir[FILE_PATH_MAX + 1],
    const char **leaf);

#endif
