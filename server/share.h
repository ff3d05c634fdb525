/*
 * Shares: what all callers have in common (places for calls that wait, answers
 * that are remembered) is divided among identities, so that nobody uses up
 * what others need. FILE and KV ask; a claim (AUTH_SYS) makes nobody another.
 */
#ifndef RPCALLD_SHARE_H
#define RPCALLD_SHARE_H

#include "server/origin.h"

enum { SHARES = 4096 };

/*
 * The number of an identity, below SHARES: of the user where the kernel tells
 * it, else of the address, without its port; an IPv6 network of 64 bits is
 * one. Seldom do two have the same, which nobody can foresee.
 */
unsigned share_of(const struct origin *o);

#endif
