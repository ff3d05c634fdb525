/*
 * The repl's own commands, beside the verbs; each prints, so they stand in
 * verb_repl.c. tab.c completes them.
 */
#ifndef RPCALL_REPL_COMMANDS_H
#define RPCALL_REPL_COMMANDS_H

#include "repl/history.h"
#include "repl/session.h"

struct repl {
	struct session session;
	struct history history;
	bool interactive, ended;
};

struct repl_command {
	const char *name;
	const char *usage;	/* of its arguments, as a verb's */
	const char *help;
	int max;		/* arguments at most */
	int (*run)(struct repl *r, int n, char **args);	/* an exit code */
};

/* Ended by a NULL name. */
extern const struct repl_command repl_commands[];

const struct repl_command *repl_command_find(const char *name);

#endif
