/*
 * A private directory for the names that a measurement needs for a moment:
 * the FIFOs of a floor row, the socket of the stock server.
 */
#ifndef RPCALL_SCRATCH_H
#define RPCALL_SCRATCH_H

#include <stddef.h>

enum { SCRATCH_PATH_MAX = 80 };

/*
 * Makes a directory of mode 0700 under $TMPDIR, else /tmp, and stores its
 * path. Short enough that a file name of 27 bytes in it is still a legal
 * socket path; -ENAMETOOLONG where $TMPDIR does not allow that. The caller
 * empties it and calls rmdir().
 */
int scratch_dir(char path[SCRATCH_PATH_MAX]);

/* Removes path with all that is in it, as far as it can; follows no link. */
void scratch_remove(const char *path);

#endif
