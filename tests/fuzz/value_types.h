/*
 * The types that the targets of values use: number n of the input's first
 * byte.
 */
#ifndef RPCALL_FUZZ_VALUE_TYPES_H
#define RPCALL_FUZZ_VALUE_TYPES_H

#include "idl/value.h"

const struct idl_type *value_type(unsigned n);

/*
 * The XDR of type t decodes; its JSON encodes to the same bytes, and that
 * decodes to the same JSON.
 */
void value_roundtrip(const struct idl_type *t, const uint8_t *data, size_t n);

#endif
