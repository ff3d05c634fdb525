/*
 * One request: its arguments, its result, and the svc_req and SVCXPRT that a
 * handler written for a stock rpcgen server expects.
 *
 * For handlers: bool_t NAME_VERS_svc(arg *, res *, struct svc_req *rq).
 * Return TRUE to answer with *res, which dispatch frees; FALSE to answer
 * nothing (RFC 5531 batching), or after svcerr_*(), or to answer later:
 *
 *	struct call *c = call_defer(rq);
 *	... another thread, later: fill the result; call_reply(c);
 *	return FALSE;
 *
 * Opaques of the argument may point into the received message; a handler may
 * take one for its result by moving the pointer and leaving NULL behind.
 */
#ifndef RPCALLD_CALL_H
#define RPCALLD_CALL_H

#include <rpc/rpc.h>
#include <rpc/svc_mt.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "envelope.h"
#include "list.h"
#include "origin.h"
#include "repeat.h"
#include "rpcgen_table.h"
#include "server/counters.h"
#include "timers.h"

struct service;
struct worker;

enum { AUTH_SYS_GIDS = 16, AUTH_SYS_NAME = 255 };

struct call {
	struct svc_req rq;		/* first: handlers get its address */
	SVCXPRT xprt;
	SVCXPRT_EXT ext;
	struct authunix_parms sys;	/* what rq_clntcred points to */
	gid_t gids[AUTH_SYS_GIDS];
	char machine[AUTH_SYS_NAME + 1];
	char verf[MAX_AUTH_BYTES];	/* libtirpc writes verifiers here */

	struct worker *worker;
	struct origin *origin;
	const struct envelope *envelope;
	size_t mark;			/* bytes of a reply's mark: 4, or 0 */
	const struct service *service;	/* of this call or the one before it */
	const struct rpcgen_table *row;
	struct repeat repeat;		/* the head that rq was filled from */
	uint32_t head_size;		/* bytes of that, or of one not kept */
	uint32_t xid;			/* as it came: big-endian */
	const uint8_t *body;		/* the arguments in XDR */
	size_t body_len;		/* bytes */
	void *args, *result;		/* decoded; call_size bytes each */
	bool decoded;			/* args hold something to be freed */
	bool replied;			/* svcerr_*() or svc_sendreply() was called */
	bool deferred, in_handler;	/* in_handler: and not returned yet */
	struct count count;		/* for counters.c */

	/* Of a deferred call only. */
	uint8_t *copy;			/* owns what body points to */
	size_t charged;			/* bytes taken of the budget */
	struct buf reply;		/* the reply, with its record's mark */
	struct origin remembered;	/* of a datagram, whose origin goes on */
	struct timer timer;
	struct list link;		/* its peer's, or the worker's of datagrams */
	struct call *next;		/* in the worker's inbox */
	void *own;			/* the handler's, as it likes */
	size_t held;		/* bytes of its arguments and its answer to come */
	atomic_bool is_dropped;	/* its peer is gone: reply is in vain */
	void (*dropped)(struct call *);	/* called then, or NULL */
	void (*hurry)(struct call *);	/* its peer sends no more, or is gone */
};

/* A call with room for any argument and result of the services; or NULL. */
struct call *call_new(struct worker *w, size_t args_size);
void call_free(struct call *c);

/* For the next request: nothing has come of it yet. It is from elsewhere than
 * the one before; has another head; is msg, and can be run. */
void call_reset(struct call *c);
void call_move(struct call *c, struct origin *o);
void call_set_head(struct call *c, const struct call_head *h);
void call_begin(struct call *c, const uint8_t *msg, size_t len);

/* o is going away: another origin may come to be at its address. */
void call_forget(struct call *c, const struct origin *o);

/* Decodes the arguments: 0, -ENOMEM, or -EBADMSG also when bytes are left
 * over. */
int call_decode(struct call *c);

/* Frees arguments and result. */
void call_end(struct call *c);

/* For handlers: bytes that a reply may have, its head included. */
size_t call_reply_max(struct svc_req *rq);

/* For the owner of deferred calls: nobody is there to be answered. */
void call_drop(struct call *c);

#include "server/defer.h"

#endif
