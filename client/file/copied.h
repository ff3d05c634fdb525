/*
 * What get and put tell when they are done. Verbs only: it prints.
 */
#ifndef RPCALL_FILE_COPIED_H
#define RPCALL_FILE_COPIED_H

#include "file/copy.h"

/* Reads --digest; NULL is the default. 0 or f's code negated. */
int verb_digest_kind(const char *name, enum digest_kind *kind,
    struct failure *f);

/*
 * After a copy that ended with err: one JSON document on stdout with --json
 * (not where the file itself went there), a line on stderr without -q; or the
 * failure. The exit code.
 */
int verb_copied(const char *verb, const struct copy *c, int err,
    struct failure *f);

#endif
