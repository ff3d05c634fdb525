/*
 * What is said of a procedure or program that no interface here has.
 */
#ifndef RPCALL_IDL_NAMES_UNKNOWN_H
#define RPCALL_IDL_NAMES_UNKNOWN_H

#include "idl/names.h"

/* text, in its parts; proc is "" where a program was named: f's code negated,
 * EXIT_USAGE, with what was meant, perhaps, or what there is. */
int names_unknown(struct library *l, const char *text, const char *program,
    const char *version, const char *proc, struct failure *f);

/* f is of procedure_find(), where text might have named a type as well (all:
 * or a program or constant): says so of a word that nothing has. */
int names_unknown_word(const struct library *l, const char *text, bool all,
    struct failure *f);

/* p was found, by its numbers, but nothing describes it: the same. */
int names_undescribed(const struct library *l, const struct procedure *p,
    struct failure *f);

#endif
