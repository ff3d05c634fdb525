/*
 * Where a call came from: what dispatch, handlers and the log may know of a
 * peer, and how a reply that comes later is sent there. Stream peers embed
 * one each (peer.h); a datagram socket fills one per datagram (mech_udp.c).
 */
#ifndef RPCALLD_ORIGIN_H
#define RPCALLD_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "sock.h"
#include "target.h"

struct call;
struct envelope;

/* How strongly uid is known, weakest first; as echo_identity of echo.x. */
enum identity {
	IDENTITY_ANONYMOUS,
	IDENTITY_ADDRESS,
	IDENTITY_AUTH_SYS,
	IDENTITY_FIFO,
	IDENTITY_PEERCRED,
	IDENTITY_PARENT,
};

enum { ORIGIN_CONTROL_MAX = 64 };

struct origin {
	enum mech_id mech;
	const struct envelope *envelope;	/* the mechanism's */
	const char *netid;		/* "tcp6", "x-fifo"; a literal */
	int fd;				/* for rq_xprt->xp_fd; may be -1 */
	bool stream;			/* replies are records */
	bool broadcast;			/* answer only on success */
	enum identity identity;
	uint32_t uid;			/* where identity tells one */
	struct addr remote;		/* peer; for a FIFO its directory */
	uint32_t reply_max;		/* bytes of one reply */
	/* Of a datagram: which of our addresses was asked, as sendmsg(2) takes
	 * it; the answer leaves from there. */
	_Alignas(8) uint8_t control[ORIGIN_CONTROL_MAX];
	uint32_t control_len;
	/* A deferred call has its reply: sends call->reply and frees call. */
	void (*answer)(struct origin *o, struct call *call);
};

#endif
