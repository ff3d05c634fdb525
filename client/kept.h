/*
 * One connection that outlives the calls that are made on it: the repl's.
 * Process-wide, as the options are; nothing is kept before kept_begin().
 */
#ifndef RPCALL_KEPT_H
#define RPCALL_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "target.h"

/* Whom a connection reaches. A program's port is only its own where rpcbind
 * was asked for it. */
struct reach {
	struct target target;		/* as the user wrote it */
	uint32_t prog, vers;
	bool auth_sys;
};

/* From now on one connection is kept. */
void kept_begin(void);

/* The kept connection, if it is to there; *t becomes where that is. */
struct conn *kept_find(const struct reach *r, struct target *t);

/*
 * The place for a new one to r, which was found at t, in that of the old one;
 * NULL where none is kept. The caller fills it with conn_init(), or drops it.
 */
struct conn *kept_place(const struct reach *r, const struct target *t);

/* Closes what is kept. */
void kept_drop(void);

/*
 * Has the other end closed it? Then it is dropped. Answers that come late, to
 * calls that nobody waits for any more, are taken out and forgotten.
 */
bool kept_lost(void);

/* It, or NULL. */
struct conn *kept_conn(void);

#endif
