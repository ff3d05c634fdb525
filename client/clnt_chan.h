/*
 * A libtirpc CLIENT on any mechanism, on which rpcgen's stubs run unchanged.
 * The only place where cl_ops is filled in.
 */
#ifndef RPCALL_CLNT_CHAN_H
#define RPCALL_CLNT_CHAN_H

#include <rpc/rpc.h>

#include "conn.h"
#include "failure.h"

/*
 * Takes l, even on failure. The handle calls version vers of prog; auth_sys
 * as in conn_auth_sys(), or put another AUTH into cl_auth. Calls time out
 * after timeout_ms, whatever a stub asks for (CLSET_TIMEOUT changes it).
 * clnt_destroy() closes and frees. NULL without memory.
 */
CLIENT *clnt_chan_create(const struct link *l, uint32_t prog, uint32_t vers,
    bool auth_sys, uint32_t timeout_ms);

/* The same on a connection that stays the caller's, with its credential. */
CLIENT *clnt_chan_borrow(struct conn *c, uint32_t prog, uint32_t vers,
    uint32_t timeout_ms);

/*
 * The last call, named what, did not succeed, in its transport or by the
 * server's word: f's code negated.
 */
int clnt_chan_failure(CLIENT *clnt, const char *what, struct failure *f);

#endif
