/*
 * REFLECT.STATS of a server that is being measured, page by page: ledger.c.
 */
#ifndef RPCALL_STATS_PAGE_H
#define RPCALL_STATS_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "measure/work.h"
#include "reflect.h"

typedef void stats_fn(const reflect_stats *page, void *arg);

/*
 * Calls each() with the page that begins at *from, and leaves there where the
 * next one does, 0 after the last. Bytes of the page; -EPROTO of a server that
 * has no such service; or -errno.
 */
int stats_page(struct conn *c, uint32_t *from, stats_fn *each, void *arg);

/* Is that the row of one of w's procedures over that mechanism? */
bool stats_row_is_of(const reflect_row *row, const struct work *w,
    const char *mech);

#endif
