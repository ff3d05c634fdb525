/*
 * One line on the terminal that tells how far something is; nothing where
 * stderr is not a terminal that can clear a line (TERM=dumb), or --no-progress
 * or -q was given.
 */
#ifndef RPCALL_PROGRESS_H
#define RPCALL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Before step done (from 1) of all: how far that is, an estimate of the time
 * left, and text. Draws a few times a second at most, however often it is
 * called.
 */
void progress_show(size_t done, size_t all, const char *text);

/*
 * The same for bytes: a bar, the rate, and the time left; of all bytes, or of
 * an unknown number where all is 0. It draws itself a few times a second,
 * however often it is called.
 */
void progress_bytes(uint64_t done, uint64_t all, const char *what);

/* Is there such a terminal, and is it wanted? */
bool progress_is_shown(void);

/* Clears the line. */
void progress_end(void);

#endif
