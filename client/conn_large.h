/*
 * Calls whose arguments are large: they are sent from where they are, without
 * a copy in between.
 */
#ifndef RPCALL_CONN_LARGE_H
#define RPCALL_CONN_LARGE_H

#include "conn.h"

enum { CONN_LARGE = 64 << 10 };	/* bytes; less is copied sooner than lent */

/*
 * As conn_queue(), and conn_send() of what was queued before, of arguments
 * that stay as they are until they have been sent, or conn_keep().
 */
int conn_lend(struct conn *c, struct call_head *head, const void *args,
    size_t n);

/* What has not been sent is copied: 0; or -ENOMEM, and c is closed. */
int conn_keep(struct conn *c);

#endif
