/*
 * Replacements for libtirpc's xdr_bytes, xdr_string, xdr_array and xdr_bool
 * in generated code, which is compiled with this header in front.
 *
 * The originals allocate what a length declares before its bytes are known to
 * be there, accept any number for a bool, and copy every opaque. These check
 * the length against the bytes that are left first, take 0 and 1 only, and
 * can lend opaques (xbuf.h). RFC 4506 sections 4.4, 4.10, 4.11 and 4.13.
 */
#ifndef RPCALL_XSAFE_H
#define RPCALL_XSAFE_H

#include <rpc/rpc.h>

bool_t xsafe_bytes(XDR *x, char **data, u_int *len, u_int max);
bool_t xsafe_string(XDR *x, char **text, u_int max);
bool_t xsafe_array(XDR *x, char **items, u_int *count, u_int max, u_int size,
    xdrproc_t item);
bool_t xsafe_bool(XDR *x, bool_t *value);

/* Frees like xdr_free(), on a stream of which nothing is lent. */
void xsafe_free(xdrproc_t proc, void *object);

#ifdef XSAFE_REPLACES
#define xdr_bytes xsafe_bytes
#define xdr_string xsafe_string
#define xdr_array xsafe_array
#define xdr_bool xsafe_bool
#endif

#endif
