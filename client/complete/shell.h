/*
 * Candidates as a shell takes them, a line each. What is complete ends in a
 * blank; a shell is told to add none of its own.
 */
#ifndef RPCALL_COMPLETE_SHELL_H
#define RPCALL_COMPLETE_SHELL_H

#include <stdio.h>

#include "complete/complete.h"
#include "words.h"

struct shell {
	const char *name;
	/* Prints one candidate; end tells how the word at the cursor stands. */
	void (*print)(FILE *out, const struct candidate *x,
	    const struct words_end *end);
};

/* The shell of that name ("bash", "zsh"), or NULL. */
const struct shell *shell_find(const char *name);

/*
 * Completes line, which ends at the cursor and begins with the program's own
 * name; breaks as in struct words_end. Changes line.
 */
void shell_complete(FILE *out, const struct shell *s, char *line,
    const char *breaks);

#endif
