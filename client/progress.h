/*
 * One line on the terminal that tells how far something is; nothing where
 * stderr is not a terminal or --no-progress or -q was given.
 */
#ifndef RPCALL_PROGRESS_H
#define RPCALL_PROGRESS_H

#include <stddef.h>

/* Shows text with the share done and an estimate of the time left. */
__attribute__((format(printf, 3, 4))) void
progress_show(size_t done, size_t all, const char *fmt, ...);

/* Clears the line. */
void progress_end(void);

#endif
