/*
 * Types and numbers that are C's: their definitions in the RPC language.
 */
#ifndef RPCALL_IDL_C_TYPES_H
#define RPCALL_IDL_C_TYPES_H

#include "idl/schema.h"

/* A text that defines name, or NULL. */
const struct source *c_type(const char *name);

/* What name is worth, into *value; false where it is none of these. */
bool c_number(const char *name, int64_t *value);

#endif
