/*
 * The local end of a get: a file that comes into being under another name
 * beside its own, ".NAME.rpcall-part", and gets its name when it is whole. It
 * is what a later get --resume goes on with.
 */
#ifndef RPCALL_FILE_LOCAL_H
#define RPCALL_FILE_LOCAL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"

struct local {
	char path[PATH_MAX], part[PATH_MAX];
	int fd;			/* of part, locked; -1 */
	uint64_t have;		/* bytes that were there before */
};

/* The last component of a path. */
const char *path_leaf(const char *path);

/*
 * The name under which dir/leaf arrives, with a key in it unless that is 0:
 * 0, or -ENAMETOOLONG.
 */
int part_name(char *out, size_t size, const char *dir, const char *leaf,
    uint32_t key);

/*
 * Opens the part for path, which may be a directory: then for leaf in it.
 * Empty unless resume is set. 0 or f's code negated.
 */
int local_open(struct local *l, const char *path, const char *leaf,
    bool resume, struct failure *f);

/*
 * It is whole: size bytes, under its name, durable where sync is set; what
 * had the name before goes where replace is set.
 */
int local_commit(struct local *l, uint64_t size, bool sync, bool replace,
    struct failure *f);

/* Closes; what is left of the part stays only where keep is set. */
void local_close(struct local *l, bool keep);

#endif
