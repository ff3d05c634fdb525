/*
 * A repl's state, and what its lines do: connects to one target, keeps the
 * connection and what the server tells of itself, and runs verbs without
 * their `rpcall` and TARGET.
 */
#ifndef RPCALL_REPL_SESSION_H
#define RPCALL_REPL_SESSION_H

#include <stdio.h>

#include "complete/complete.h"
#include "options_saved.h"
#include "words.h"

enum { SETTINGS_MAX = 32, SESSION_URI = 1024 };

struct session {
	char uri[SESSION_URI];	/* as the user wrote it; "": none yet */
	struct target target;
	struct known known;	/* what is there */
	struct options_saved saved;
	char *settings[SETTINGS_MAX];	/* "--timeout=5s": before each line's
					 * options, for verbs that have them */
	size_t nsettings;
};

/* 0 or -ENOMEM. */
int session_init(struct session *s);
void session_release(struct session *s);

/*
 * Connects to uri, which becomes the target also where nobody is there: 0, or
 * f's code negated.
 */
int session_connect(struct session *s, const char *uri, struct failure *f);

/* Has the server gone since? Then it is connected to again: true, with f. */
bool session_lost(struct session *s, struct failure *f);

/* From which word on a line may have JSON that is not quoted. */
int session_json_from(const char *line);

/* Is it JSON or a quote that the next line goes on with? */
bool session_goes_on(const char *line);

/* The option NAME, from now on with this value (NULL: a flag) or, unset, as
 * it was: 0, or f's code negated. */
int session_set(struct session *s, const char *name, const char *value,
    struct failure *f);
int session_unset(struct session *s, const char *name, struct failure *f);

/*
 * The arguments of a verb for words[0..n), a line: argv[0] is the verb; or a
 * procedure stands for call. Their count, or f's code negated.
 */
enum { SESSION_ARGV = WORDS_MAX + SETTINGS_MAX + 4 };
int session_argv(struct session *s, char *const *words, int n,
    const char *argv[SESSION_ARGV], struct failure *f);

#endif
