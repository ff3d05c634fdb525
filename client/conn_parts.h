/*
 * Calls whose arguments are not in memory: they leave as they are read, in
 * fragments of a record (RFC 5531 section 11) whose size is known before its
 * first byte. For streams.
 */
#ifndef RPCALL_CONN_PARTS_H
#define RPCALL_CONN_PARTS_H

#include "conn.h"
#include "idl/payload.h"

/*
 * A record is one fragment as far as goes: there are servers that take no
 * other. The largest that a mark can say is one byte less than 2 GiB.
 */
enum { CONN_FRAGMENT = 1 << 30, CONN_FRAGMENT_MAX = INT32_MAX };

/*
 * As conn_call(), of the message that r reads; fragments have at most so many
 * bytes, and timeout_ns is how long nothing may go on. A reply that comes
 * before all is sent ends it; c is broken then. r->err where a file was it.
 */
int conn_call_parts(struct conn *c, struct call_head *head,
    struct message_reader *r, size_t fragment, struct reply *reply,
    uint64_t timeout_ns);

#endif
