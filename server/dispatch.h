/*
 * From a message to a reply: the head, the credential, the program's row, the
 * handler. The order of the checks is RFC 5531's: rpcvers, credential,
 * program, version, procedure, arguments.
 */
#ifndef RPCALLD_DISPATCH_H
#define RPCALLD_DISPATCH_H

#include <stddef.h>
#include <stdint.h>

#include "server/origin.h"

struct worker;

/*
 * Serves one message: appends what is to be sent, if anything, to w->out.
 * 0; -EBADMSG when it is no call; -ENOMEM or -ENOBUFS when there is no memory
 * for the reply.
 */
int dispatch(struct worker *w, struct origin *o, const uint8_t *msg,
    size_t len);

#endif
