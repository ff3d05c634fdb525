/*
 * What a user may have meant by a name that nothing has.
 */
#ifndef RPCALL_IDL_NAMES_NEAR_H
#define RPCALL_IDL_NAMES_NEAR_H

#include "idl/names.h"

/* Insertions, deletions and changes from what was written to name; of what is
 * no slip of the finger, but another name: INT_MAX. */
int names_slips(const char *written, const char *name);

/*
 * The procedure (or program, where proc is "") whose name takes the fewest
 * edits from what was written, "" being any: of the same program and version
 * before others, and of what the user or the server named before what is
 * installed. False where all are far from it.
 */
bool names_nearest(const struct library *l, const char *program,
    const char *version, const char *proc, char out[96]);

/* The same of a single word: a type or procedure; all: or a constant or
 * program. */
bool names_nearest_word(const struct library *l, const char *word, bool all,
    char out[96]);

#endif
