/*
 * Single members from the command line: "a.b=V", "list[0].name=V".
 */
#ifndef RPCALL_IDL_FIELDS_H
#define RPCALL_IDL_FIELDS_H

#include "failure.h"
#include "idl/type.h"
#include "options.h"

struct buf;

/*
 * Appends base[0..n), a JSON text ("" is an empty object), with fields put
 * into it in order. V is text where the member's type is one that JSON has in
 * quotes, else JSON. 0, or f's code negated: EXIT_USAGE, EXIT_DATA.
 */
int fields_merge(const struct idl_type *t, const char *base, size_t n,
    const struct option_list *fields, struct buf *out, struct failure *f);

/* What a member of t is within: optional data is looked through. */
const struct idl_type *field_container(const struct idl_type *t);

/* Of a struct or union (a container): the type of its member, and the key
 * that it has in JSON; or NULL. */
const struct idl_type *field_member(const struct idl_type *t,
    const char *name, size_t n, const char **key);

#endif
