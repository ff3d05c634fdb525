/*
 * The run and state directories: where they are, who may own them, and the
 * lock that keeps a second server out.
 */
#ifndef RPCALLD_RUNDIR_H
#define RPCALLD_RUNDIR_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes path 0700 if it is missing, its parent not: 0; -EPERM when it is
 * somebody else's or open to others' writing, -ENOTDIR, -ELOOP on a link.
 */
int private_dir(const char *path);

/*
 * The run directory: given, or $RPCALL_RUN_DIR, /run/rpcall for root,
 * $XDG_RUNTIME_DIR/rpcall. 0, -ENOENT where there is none, -ENAMETOOLONG.
 */
int rundir_find(const char *given, char *out, size_t size);

/* As that for state: given, /var/lib/rpcall, $XDG_STATE_HOME/rpcall. */
int statedir_find(const char *given, char *out, size_t size);

/* As private_dir(); with parents, what is missing above it is made, too. */
int rundir_make(const char *dir, bool parents);

/*
 * Makes dir (and, with parents, what is missing above it) and locks DIR/lock
 * for as long as the descriptor is open: it, or -EWOULDBLOCK when another
 * server holds it, or as private_dir().
 */
int rundir_lock(const char *dir, bool parents);

#endif
