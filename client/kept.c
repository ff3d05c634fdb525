/*
 * The kept connection: see kept.h. Used by invoke.c; looked after by the repl.
 */
#include "kept.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "open.h"

enum { LATE_MAX = 1024 };	/* answers; who sends more is not heard out */

static struct {
	bool wanted, open;
	struct reach reach;
	struct target found;
	struct conn conn;
} kept;

void
kept_begin(void)
{
	kept.wanted = true;
}

struct conn *
kept_find(const struct reach *r, struct target *t)
{
	const struct reach *k = &kept.reach;

	if (!kept.open || k->prog != r->prog || k->vers != r->vers ||
	    k->auth_sys != r->auth_sys ||
	    !target_is_same(&k->target, &r->target) || kept_lost())
		return NULL;
	*t = kept.found;
	return &kept.conn;
}

struct conn *
kept_place(const struct reach *r, const struct target *t)
{
	if (!kept.wanted)
		return NULL;
	kept_drop();
	kept.reach = *r;
	kept.found = *t;
	kept.open = true;
	return &kept.conn;
}

void
kept_drop(void)
{
	if (kept.open && kept.conn.window != NULL)
		conn_release(&kept.conn);
	memset(&kept.conn, 0, sizeof(kept.conn));
	kept.open = false;
}

bool
kept_lost(void)
{
	struct pollfd p = { .fd = kept.conn.link.rfd, .events = POLLIN };
	struct reply late;
	int err = 0;

	if (!kept.open || (kept.conn.link.datagram && !kept.conn.broken))
		return false;
	if (kept.conn.broken)
		err = -ECONNRESET;
	for (int i = 0; err == 0 && i < LATE_MAX; i++) {
		if (poll(&p, 1, 0) == 0)
			return false;
		err = conn_recv(&kept.conn, &late, 0);
		if (err == -ETIMEDOUT)
			err = 0;
	}
	kept_drop();
	return true;
}

struct conn *
kept_conn(void)
{
	return kept.open ? &kept.conn : NULL;
}
