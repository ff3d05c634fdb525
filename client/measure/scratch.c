/*
 * A private directory for short-lived names, see scratch.h. mkdtemp() makes
 * it with mode 0700, so that nobody else can put a name into it or open one.
 */
#include "measure/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

int
scratch_dir(char path[SCRATCH_PATH_MAX])
{
	const char *base = getenv("TMPDIR");

	if (base == NULL || base[0] != '/')
		base = "/tmp";
	if (snprintf(path, SCRATCH_PATH_MAX, "%s/rpcall-XXXXXX", base) >=
	    SCRATCH_PATH_MAX)
		return -ENAMETOOLONG;
	return mkdtemp(path) == NULL ? -errno : 0;
}

static int
remove_one(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	remove(path);
	return 0;
}

void
scratch_remove(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
