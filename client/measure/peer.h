/*
 * Which process is at the other end of a link, where it runs on this host.
 */
#ifndef RPCALL_PEER_H
#define RPCALL_PEER_H

#include <sys/types.h>

#include "mech.h"

/*
 * Its pid: our own child, what the kernel says of a Unix socket, or the
 * process that has the other end of a connection or FIFO open, found in
 * /proc. -ESRCH: it runs elsewhere, or is another user's.
 */
pid_t peer_find(const struct link *l);

#endif
