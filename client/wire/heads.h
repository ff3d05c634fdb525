/*
 * The heads of messages as schemas: what stands before arguments and results
 * in RFC 5531's envelope and in the lean one, for -vv.
 */
#ifndef RPCALL_WIRE_HEADS_H
#define RPCALL_WIRE_HEADS_H

#include "envelope.h"
#include "idl/schema.h"

/*
 * The type of a call's or a reply's head in that envelope, as a call is
 * written by us: its credential of AUTH_SYS in parts. NULL without memory.
 */
const struct idl_type *head_type(const struct envelope *e, bool call);

/* "AUTH_TOOWEAK" of 5; "?" where there is no such auth_stat. */
const char *head_auth_stat(uint32_t why);

/* "SUCCESS", "AUTH_ERROR: AUTH_TOOWEAK", "PROG_MISMATCH: versions 1 to 2". */
const char *head_status(const struct reply_status *st, char *out,
    size_t size);

#endif
