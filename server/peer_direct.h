/*
 * How a peer is read directly: see direct.h, whose thread calls this.
 */
#ifndef RPCALLD_PEER_DIRECT_H
#define RPCALLD_PEER_DIRECT_H

#include "server/direct.h"

extern const struct direct_ops peer_direct_ops;

#endif
