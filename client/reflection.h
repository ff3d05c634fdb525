/*
 * Interfaces that the server itself tells of, by its REFLECT program.
 */
#ifndef RPCALL_REFLECTION_H
#define RPCALL_REFLECTION_H

#include "idl/library.h"
#include "target.h"

/*
 * Adds to l the interfaces of the server at t which name ("KV/1.GET") may be
 * about: all of them, where it names no program of the server's. They are
 * strangers' texts: limited, without files, believed only with the SHA-256
 * that was told. 0, also where the server has no reflection or is not there;
 * or f's code negated: what it told is not right (EXIT_PROTOCOL).
 */
int reflection_add(struct library *l, const struct target *t,
    const char *name, struct failure *f);

/* The same; a server that is not there, or tells nothing, is told of in
 * absent. */
int reflection_try(struct library *l, const struct target *t,
    const char *name, struct failure *absent, struct failure *f);

/* All of them; a server that is not there or tells nothing is an error. */
int reflection_add_all(struct library *l, const struct target *t,
    struct failure *f);

/*
 * From now on the server at t is not asked: its interfaces are the first n of
 * l, which outlives this; t NULL: all are asked again.
 */
void reflection_keep(const struct target *t, const struct library *l,
    size_t n);

#endif
