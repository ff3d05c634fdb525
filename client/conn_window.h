/*
 * One window for many connections that a thread serves in turn: what a
 * connection costs is what it keeps between its reads, and that is nothing.
 */
#ifndef RPCALL_CONN_WINDOW_H
#define RPCALL_CONN_WINDOW_H

#include "conn.h"

/*
 * c, which has read nothing yet, reads into window from now on, CONN_WINDOW
 * bytes of the caller's, which outlive c.
 */
void conn_share_window(struct conn *c, uint8_t *window);

/*
 * Before another connection reads: c keeps what is left of a record, and
 * forgets datagrams that were not looked at. Nothing where the window is c's
 * own. 0, or -ENOMEM.
 */
int conn_leave_window(struct conn *c);

#endif
