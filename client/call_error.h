/*
 * How a call that failed is told to the user: one place for the words and
 * exit codes of every error that a connection or a reply can have.
 */
#ifndef RPCALL_CALL_ERROR_H
#define RPCALL_CALL_ERROR_H

#include "conn.h"
#include "failure.h"

/*
 * err is of conn_call(), what the call ("ECHO.NULL"), which was waited for as
 * long as --timeout says: f's code negated.
 */
int call_failed(struct failure *f, const char *what, int err);

/* The same where l is what it went over: of a server that we started as a
 * command it says what became of that. */
int call_failed_over(struct failure *f, const char *what, int err,
    const struct link *l);

/* The answer has more than max bytes: f's code negated, EXIT_PROTOCOL. */
int call_too_large(struct failure *f, const char *what, uint64_t max);

/* No reply came within ns: the same. */
int call_timed_out(struct failure *f, const char *what, uint64_t ns);

/* st is not success: f's code negated. */
int call_refused(struct failure *f, const char *what,
    const struct reply_status *st);

#endif
