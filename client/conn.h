/*
 * The client engine: a link with its envelope, able to keep many calls
 * outstanding. The measuring verbs use it as it is; clnt_chan.c makes it a
 * libtirpc CLIENT for rpcgen's stubs.
 *
 * Calls are queued, sent together in one write, and their replies taken in
 * the order in which they come, by one thread at a time:
 *
 *	conn_queue(c, &call, args, n);  ...  conn_send(c);
 *	conn_recv(c, &reply, deadline);  ...
 */
#ifndef RPCALL_CONN_H
#define RPCALL_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "chan.h"
#include "envelope.h"
#include "mech.h"
#include "polling.h"

enum {
	CONN_WINDOW = 256 << 10,
	CONN_RECORD_MAX = (4 << 20) + (4 << 10),
	CONN_DATAGRAM_MAX = 65507,
	CONN_HEAD_KEPT = 64,	/* bytes of a head without a credential */
	CONN_RESEND_MS = 1000,	/* a datagram leaves again, then after twice that */
};

/* A reply; body points into the connection's memory until the next recv. */
struct reply {
	uint32_t xid;
	struct reply_status status;
	const uint8_t *body;
	size_t len;			/* bytes of body */
};

struct conn {
	struct link link;
	unsigned id;			/* among those of this process */
	const struct envelope *envelope;
	struct record_limits limits;
	struct chan chan;		/* streams */
	struct buf out;			/* queued, not given to chan yet */
	size_t segment;			/* datagrams: the size of each of them */
	uint8_t *window;		/* CONN_WINDOW bytes, ... */
	bool shared;			/* ... of others, too */
	struct {			/* datagrams there: */
		size_t pos, end, segment;
	} in;
	bool blocking;			/* see conn_set_blocking() */
	struct polling polling;		/* see conn_set_polling() */
	uint64_t deadline;		/* of the call that is being sent */
	uint32_t xid;			/* of the last call queued */
	uint32_t flavor;		/* credential of ONC RPC calls */
	uint8_t cred[RPC_AUTH_MAX];
	uint32_t cred_len;
	uint64_t resent;		/* datagrams sent again */
	struct {			/* the mark and head of a call: */
		uint32_t prog, vers, proc;	/* whose, ... */
		size_t n, len;		/* with n bytes of arguments */
		uint8_t bytes[CONN_HEAD_KEPT];
	} kept;				/* the next differs only in its xid */
	struct conn_body *body;		/* NULL, or: see conn_body.h */
	bool broken;			/* by conn_call(): of no more use */
};

/* Takes l, even on failure: 0 or -ENOMEM. */
int conn_init(struct conn *c, const struct link *l);
void conn_release(struct conn *c);

/* Calls carry the AUTH_SYS credential of this process. */
void conn_auth_sys(struct conn *c);

/* Reads block instead of polling first: one system call less per reply. For
 * one call at a time, where interrupt_catch() was called. */
void conn_set_blocking(struct conn *c);

/* Replies are looked for awhile before they are waited for: polling.h. */
void conn_set_polling(struct conn *c);

/* Queues a call with n bytes of arguments. Of head the caller fills in prog,
 * vers and proc; xid (which is c->xid, too) and credential are set. 0,
 * -EMSGSIZE when it does not fit a datagram, -ENOMEM. */
int conn_queue(struct conn *c, struct call_head *head, const void *args,
    size_t n);

/* The same for arguments that the caller writes, at *args, before anything
 * else is done with c. Not for datagrams. */
int conn_queue_room(struct conn *c, struct call_head *head, size_t n,
    uint8_t **args);

/* Sends what is queued, as far as it goes without replies being taken: 0 or
 * -errno (-EPIPE, -ECONNRESET). */
int conn_send(struct conn *c);

/* Is a whole reply there already, without reading? Then 1 with *r. */
int conn_next(struct conn *c, struct reply *r);

/* A reply that has come, read if need be, without waiting: 1 with *r; 0 where
 * there is none; or as conn_recv(). */
int conn_poll(struct conn *c, struct reply *r);

/* The next reply: 0; -ETIMEDOUT; -EINTR after Ctrl-C; -ECONNRESET when the
 * server has gone; -EBADMSG when it breaks the protocol; -errno. */
int conn_recv(struct conn *c, struct reply *r, uint64_t deadline_ns);

/* Waits until bytes of replies have come, for conn_next(), or with until_sent
 * until all that was sent has left: 0, or as conn_recv(). */
int conn_wait(struct conn *c, bool until_sent, uint64_t deadline_ns);

/* One call and its reply; replies to others are dropped. Over datagrams it is
 * sent again (after 1 s, 2 s, ...) until the deadline. As conn_recv(). */
int conn_call(struct conn *c, struct call_head *head, const void *args,
    size_t n, struct reply *r, uint64_t deadline_ns);

#endif
