/*
 * Is it a value of a type? XDR read by a schema and nothing made of it: what
 * idl/value.h decodes is right here too, and nothing else is. For answers that
 * come by the hundred thousand and only have to be right.
 */
#ifndef RPCALL_IDL_CHECK_H
#define RPCALL_IDL_CHECK_H

#include "idl/type.h"

/*
 * Reads a value of t at data[*at..len): 0, and *at moves behind it; -EBADMSG
 * where there is none. A server's bytes: as bounded as value_decode().
 */
int value_check(const struct idl_type *t, const uint8_t *data, size_t len,
    size_t *at);

#endif
