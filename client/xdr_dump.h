/*
 * XDR in hexadecimal with the names of its parts, for -vv.
 */
#ifndef RPCALL_XDR_DUMP_H
#define RPCALL_XDR_DUMP_H

#include <stdio.h>

#include "idl/codec.h"

/* Prints each scalar of data as a line that begins with mark ('>'). */
void xdr_dump(FILE *out, char mark, const struct codec *c,
    const uint8_t *data, size_t len);

#endif
