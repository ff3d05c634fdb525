/*
 * What Tab does in the repl's line: candidates from the same sources as in a
 * shell, but of the session's server, which is not asked again; and within
 * JSON, which stands here without quotes.
 */
#ifndef RPCALL_REPL_TAB_H
#define RPCALL_REPL_TAB_H

#include "complete/candidates.h"
#include "repl/session.h"

struct tab {
	size_t erase;		/* bytes before the cursor to take away, */
	char insert[2 * CANDIDATE_SIZE + 2];	/* and what to put there */
	struct candidates found;
};

/* Fills t, to be released, for text, a line (or several) up to the cursor. */
void tab_complete(struct tab *t, struct session *s, const char *text);
void tab_release(struct tab *t);

#endif
