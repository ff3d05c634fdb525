/*
 * A line from the terminal, edited with libedit: its keys, history, Tab.
 */
#ifndef RPCALL_REPL_EDITOR_H
#define RPCALL_REPL_EDITOR_H

#include "repl/commands.h"

struct editor;

/* Prompts, and what is typed, go to stderr: stdout is for data. NULL without
 * memory or terminal. */
struct editor *editor_new(struct repl *r);
void editor_free(struct editor *e);

/*
 * Reads a line, which goes on from before, "" or lines that are not whole:
 * 0 with *line, without its end and valid until the next one; -EINTR after
 * Ctrl-C; -ENODATA at Ctrl-D or the terminal's end.
 */
int editor_read(struct editor *e, const char *before, const char **line);

/* A whole command, for the arrow keys. */
void editor_remember(struct editor *e, const char *line);

#endif
