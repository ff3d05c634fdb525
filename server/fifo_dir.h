/*
 * The directory of named pipes: made, checked, and cleared of what a killed
 * server left. Nothing but FIFOs of our own is ever removed.
 */
#ifndef RPCALLD_FIFO_DIR_H
#define RPCALLD_FIFO_DIR_H

#include <stddef.h>

/*
 * Makes dir (0700) with its control FIFO (0600) and removes old sessions: 0;
 * -EADDRINUSE when a server reads the control FIFO; -EPERM or -ENOTDIR or
 * -ELOOP when dir or ctl is not ours or not what it should be.
 */
int fifo_dir_prepare(const char *dir);

/* Removes sessions, the control FIFO and dir, as far as they are ours. */
void fifo_dir_clean(const char *dir);

/* Calls show with each path that fifo_dir_clean() would remove. */
void fifo_dir_list(const char *dir, void (*show)(const char *path));

/* Path of the session that is made before its client comes, as far as it
 * fits. */
void fifo_dir_spare(char *out, size_t size, const char *dir);

/* Removes one session's directory with its FIFOs; name relative to at. */
void fifo_dir_remove_session(int at, const char *name);

#endif
