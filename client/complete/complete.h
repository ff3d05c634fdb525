/*
 * Completion: what may stand at the cursor of a command line, for the shells
 * (verb_complete.c) and the repl. Verbs, options and their values come from
 * the tables that parse them; procedures, types and members from the
 * interfaces that the line names: -i files, what the server at its target
 * tells of itself, what its rpcbind has registered, and what is installed.
 *
 * Says nothing of errors: what cannot be found out is not offered. A command
 * (pipe:) is not started to ask it. What a server tells is in no candidate
 * but as a name of its .x file, hence without anything special to a shell.
 */
#ifndef RPCALL_COMPLETE_COMPLETE_H
#define RPCALL_COMPLETE_COMPLETE_H

#include "complete/candidates.h"
#include "complete/line.h"
#include "target.h"

/*
 * The interfaces that candidates come from. complete_line() fills it when it
 * wants to know; it may be kept and given again. Zeroed it is empty.
 */
struct known {
	struct library library;
	bool loaded;
	size_t own;		/* schemas from files and the server; then: */
	/* of the installed ones only these programs, unless NULL */
	const uint32_t *registered;
	size_t nregistered;
};

/* Asks the server at t, its command too: what it tells, and what may be. */
void known_ask(struct known *k, const struct target *t);

void known_release(struct known *k);

/*
 * Fills c, which is zeroed but for word, from words[0..n), the last of them
 * at the cursor (c->word points to it) and the first of them a verb.
 */
void complete_line(struct candidates *c, const char *const *words, int n,
    struct known *k);

#endif
