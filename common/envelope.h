/*
 * Envelopes: what stands around arguments and results. Two of them, RFC
 * 5531's messages (rpcmsg.c) and the lean frame (frame.c), behind one small
 * interface; everything above sees a struct call_head or reply_head. Both are
 * read and written in place, without XDR streams and without allocation.
 */
#ifndef RPCALL_ENVELOPE_H
#define RPCALL_ENVELOPE_H

#include <stddef.h>
#include <stdint.h>

enum {
	ENVELOPE_REPLY_MAX = 48,	/* bytes of any reply without results */
	ENVELOPE_CALL_MAX = 40 + 400,	/* bytes of any call head we write */
	ENVELOPE_DONE_MAX = 24,		/* bytes of a reply that says success */
	RPC_AUTH_MAX = 400,		/* RFC 5531 section 8.2, opaque body */
};

/*
 * How a call ended. 0 to 5 are accept_stat (RFC 5531 section 9) and
 * frame_status alike; the rest denies the call before it reaches a program.
 */
enum reply_kind {
	REPLY_SUCCESS = 0,
	REPLY_PROG_UNAVAIL = 1,
	REPLY_PROG_MISMATCH = 2,	/* low, high */
	REPLY_PROC_UNAVAIL = 3,
	REPLY_GARBAGE_ARGS = 4,
	REPLY_SYSTEM_ERR = 5,
	REPLY_AUTH_ERROR = 6,		/* auth */
	REPLY_RPC_MISMATCH = 7,		/* low, high */
};

struct reply_status {
	enum reply_kind kind;
	uint32_t low, high;	/* versions, where kind is a mismatch */
	uint32_t auth;		/* auth_stat, where kind is AUTH_ERROR */
};

/* A call before its arguments. cred points into the message. */
struct call_head {
	uint32_t xid, prog, vers, proc;
	uint32_t flavor;		/* AUTH_NONE where there is none */
	const uint8_t *cred;
	uint32_t cred_len;		/* bytes, at most RPC_AUTH_MAX */
	size_t size;			/* bytes before the arguments */
};

/* A reply before its results. */
struct reply_head {
	uint32_t xid;
	struct reply_status status;
	size_t size;			/* bytes before the results */
};

struct envelope {
	const char *name;
	/*
	 * Server: the head of a call. 0; 1 when it is to be answered with *st
	 * at once (h->xid is set); -EBADMSG when it is no call at all.
	 */
	int (*parse_call)(const uint8_t *msg, size_t len, struct call_head *h,
	    struct reply_status *st);
	/*
	 * Server: what most replies begin with, to be copied and given its
	 * xid: a record's mark, 0 for the xid, success. Without results that
	 * is all of it, and so the mark says.
	 */
	uint8_t done[4 + ENVELOPE_DONE_MAX];	/* of a datagram: from 4 on */
	uint32_t done_size;			/* bytes, but for the mark */
	/* Server: bytes written, at most ENVELOPE_REPLY_MAX. */
	size_t (*write_reply)(uint8_t *out, uint32_t xid,
	    const struct reply_status *st);
	/* Client: bytes written, at most ENVELOPE_CALL_MAX. */
	size_t (*write_call)(uint8_t *out, const struct call_head *h);
	/* Client: 0, or -EBADMSG. */
	int (*parse_reply)(const uint8_t *msg, size_t len,
	    struct reply_head *h);
};

extern const struct envelope rpcmsg_envelope;	/* rpcmsg.c */
extern const struct envelope frame_envelope;	/* frame.c */

#endif
