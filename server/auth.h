/*
 * Credentials of ONC RPC calls (RFC 5531 section 8.2, appendix A for
 * AUTH_SYS). Checked here in full before libtirpc or a handler sees them:
 * libtirpc reads before it checks lengths, and prints to stdout.
 */
#ifndef RPCALLD_AUTH_H
#define RPCALLD_AUTH_H

#include <rpc/auth.h>

#include "server/call.h"

/*
 * Takes c's credential: fills rq_clntcred for AUTH_SYS. AUTH_OK, or the
 * auth_stat to deny the call with.
 */
enum auth_stat auth_check(struct call *c, const struct call_head *h);

#endif
