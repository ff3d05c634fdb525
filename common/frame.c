/*
 * The lean envelope of idl/frame.x, read and written in place.
 *
 *   call   xid prog vers proc          then the arguments
 *   reply  xid status                  then the results, or
 *          PROG_MISMATCH: low high     DENIED: auth_stat
 *
 * A unit test holds these layouts against the codec that rpcgen makes.
 */
#include <errno.h>
#include <rpc/rpc.h>

#include "be.h"
#include "envelope.h"

enum {
	CALL_SIZE = 16,
	REPLY_SIZE = 8,
	FRAME_DENIED_STATUS = 6,	/* FRAME_DENIED of idl/frame.x */
};

static int
frame_parse_call(const uint8_t *msg, size_t len, struct call_head *h,
    struct reply_status *st)
{
	(void)st;
	if (len < CALL_SIZE)
		return -EBADMSG;
	h->xid = be32_get(msg);
	h->prog = be32_get(msg + 4);
	h->vers = be32_get(msg + 8);
	h->proc = be32_get(msg + 12);
	h->flavor = AUTH_NONE;
	h->cred = NULL;
	h->cred_len = 0;
	h->size = CALL_SIZE;
	return 0;
}

static size_t
frame_write_reply(uint8_t *out, uint32_t xid, const struct reply_status *st)
{
	be32_put(out, xid);
	be32_put(out + 4, st->kind < REPLY_AUTH_ERROR ? (uint32_t)st->kind :
	    FRAME_DENIED_STATUS);
	switch (st->kind) {
	case REPLY_PROG_MISMATCH:
		be32_put(out + 8, st->low);
		be32_put(out + 12, st->high);
		return REPLY_SIZE + 8;
	case REPLY_AUTH_ERROR:
		be32_put(out + 8, st->auth);
		return REPLY_SIZE + 4;
	default:
		return REPLY_SIZE;
	}
}

static size_t
frame_write_call(uint8_t *out, const struct call_head *h)
{
	be32_put(out, h->xid);
	be32_put(out + 4, h->prog);
	be32_put(out + 8, h->vers);
	be32_put(out + 12, h->proc);
	return CALL_SIZE;
}

static int
parse_mismatch(const uint8_t *msg, size_t len, struct reply_head *h)
{
	if (len < REPLY_SIZE + 8)
		return -EBADMSG;
	h->status.low = be32_get(msg + 8);
	h->status.high = be32_get(msg + 12);
	h->size = REPLY_SIZE + 8;
	return 0;
}

static int
parse_denied(const uint8_t *msg, size_t len, struct reply_head *h)
{
	if (len < REPLY_SIZE + 4)
		return -EBADMSG;
	h->status.kind = REPLY_AUTH_ERROR;
	h->status.auth = be32_get(msg + 8);
	h->size = REPLY_SIZE + 4;
	return 0;
}

static int
frame_parse_reply(const uint8_t *msg, size_t len, struct reply_head *h)
{
	uint32_t status;

	if (len < REPLY_SIZE)
		return -EBADMSG;
	h->xid = be32_get(msg);
	status = be32_get(msg + 4);
	h->size = REPLY_SIZE;
	if (status == FRAME_DENIED_STATUS)
		return parse_denied(msg, len, h);
	if (status > REPLY_SYSTEM_ERR)
		return -EBADMSG;
	h->status.kind = status;
	return status == REPLY_PROG_MISMATCH ? parse_mismatch(msg, len, h) : 0;
}

const struct envelope frame_envelope = {
	.name = "frame",
	.parse_call = frame_parse_call,
	.done = { [0] = 0x80, [3] = REPLY_SIZE },
	.done_size = REPLY_SIZE,
	.write_reply = frame_write_reply,
	.write_call = frame_write_call,
	.parse_reply = frame_parse_reply,
};
