/*
 * What stands before the arguments of a call: the mark of its record, where it
 * is one, and its envelope's head. Called by conn.c alone.
 */
#ifndef RPCALL_CONN_HEAD_H
#define RPCALL_CONN_HEAD_H

#include "conn.h"

/*
 * Writes that of a call with n bytes of arguments to out, which has room for
 * 4 + ENVELOPE_CALL_MAX bytes; sets xid and credential of head. Its length.
 */
size_t conn_put_head(struct conn *c, struct call_head *head, size_t n,
    uint8_t *out);

#endif
