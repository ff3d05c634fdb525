/*
 * Asking a server for its REFLECT with rpcgen's stubs, over any mechanism:
 *
 *	CLIENT *clnt = reflect_open(&target, connect_ns, timeout_ns, f);
 *	err = reflect_told(clnt, reflect_list_1(&from, &page, clnt),
 *	    "REFLECT.LIST", f);
 *	xbuf_free((xdrproc_t)xdr_reflect_list, &page, NULL, 0);
 *	clnt_destroy(clnt);
 */
#ifndef RPCALL_REFLECT_ASK_H
#define RPCALL_REFLECT_ASK_H

#include <rpc/rpc.h>
#include <stdint.h>

#include "failure.h"
#include "reflect.h"
#include "target.h"

/*
 * Opens t, which may leave it to rpcbind where the daemon is, within
 * connect_ns, or takes the connection that is kept; calls may take
 * timeout_ns. NULL with f.
 */
CLIENT *reflect_open(struct target *t, uint64_t connect_ns,
    uint64_t timeout_ns, struct failure *f);

/*
 * How a stub's call, named what in errors, ended: 0, or f's code negated
 * (EXIT_PROG_UNAVAIL with a hint where there is no REFLECT).
 */
int reflect_told(CLIENT *clnt, enum clnt_stat stat, const char *what,
    struct failure *f);

/* The answer to what broke the protocol, as how says: EXIT_PROTOCOL. */
int reflect_broke(struct failure *f, const char *what, const char *how);

#endif
