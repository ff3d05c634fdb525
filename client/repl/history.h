/*
 * Lines of earlier sessions, in $XDG_STATE_HOME/rpcall/history or below
 * ~/.local/state: one a line, of this user alone (0600), the last
 * HISTORY_LINES of at most HISTORY_LINE bytes. Where there is no home,
 * nothing is written. Lines that begin with a blank are not kept.
 */
#ifndef RPCALL_REPL_HISTORY_H
#define RPCALL_REPL_HISTORY_H

#include <limits.h>
#include <stddef.h>

enum { HISTORY_LINES = 1000, HISTORY_LINE = 4096 };

struct history {
	char *lines[HISTORY_LINES];	/* the oldest first */
	size_t n;
	char path[PATH_MAX];	/* "": there is no file */
	int fd;			/* open for appending, or -1 */
};

/* Reads the file, which is made shorter where it has grown too long. */
void history_open(struct history *h);

/* Adds a line, here and to the file, unless it repeats the last one. */
void history_add(struct history *h, const char *line);

void history_close(struct history *h);

#endif
