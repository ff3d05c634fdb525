/*
 * Calls that repeat the one before them. Most calls of a client have the head
 * of its last one but for the xid, so whoever keeps that head finds out with
 * a few compares what reading it anew and looking up its procedure would.
 *
 *	xid | prog vers proc				a frame
 *	xid | 0 2 prog vers proc, no credential, twice	RPC with AUTH_NONE
 *	      these are compared
 *
 * Heads with a credential are longer, and are never taken for a repetition.
 */
#ifndef RPCALL_REPEAT_H
#define RPCALL_REPEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	REPEAT_XID = 4,		/* bytes of it */
	REPEAT_FRAME = 16,	/* of a frame's head */
	REPEAT_RPC = 40,	/* of an RPC call's, with AUTH_NONE */
};

/* Zeroed memory is repeated by nothing. */
struct repeat {
	uint32_t size;		/* bytes of the head, or 0 */
	uint8_t head[REPEAT_RPC];
};

/* The head of msg, size bytes, is what may be repeated now. */
static inline void
repeat_keep(struct repeat *r, const uint8_t *msg, size_t size)
{
	bool plain = size == REPEAT_FRAME || size == REPEAT_RPC;

	r->size = plain ? (uint32_t)size : 0;
	memcpy(r->head, msg, r->size);
}

static inline void
repeat_forget(struct repeat *r)
{
	r->size = 0;
}

/* Is msg, of len bytes, a call with the head that was kept? */
static inline bool
repeat_is(const struct repeat *r, const uint8_t *msg, size_t len)
{
	/* Lengths that the compiler knows are compared in place. */
	if (r->size == REPEAT_FRAME) {
		if (len < REPEAT_FRAME)
			return false;
		return memcmp(msg + REPEAT_XID, r->head + REPEAT_XID,
		    REPEAT_FRAME - REPEAT_XID) == 0;
	}
	if (r->size != REPEAT_RPC || len < REPEAT_RPC)
		return false;
	return memcmp(msg + REPEAT_XID, r->head + REPEAT_XID,
	    REPEAT_RPC - REPEAT_XID) == 0;
}

#endif
