/*
 * RFC 5531 messages, read and written in place.
 *
 *   call   xid 0 rpcvers prog vers proc | cred: flavor len body | verf: same
 *   reply  xid 1 0 | verf: flavor len body | accept_stat [low high]
 *          xid 1 1 | 0 low high  (RPC_MISMATCH)
 *                  | 1 auth_stat (AUTH_ERROR)
 *
 * All words are 4 bytes, big-endian. Bodies are padded to 4 bytes.
 */
#include <errno.h>
#include <rpc/rpc.h>

#include "be.h"
#include "envelope.h"

enum {
	CALL_FIXED = 24,	/* up to and with proc */
	AUTH_FIXED = 8,		/* flavor and length */
	REPLY_FIXED = 12,	/* up to and with reply_stat */
	REPLY_SIZE = 24,	/* up to and with accept_stat */
	WORD = 4,
};

/*
 * One opaque_auth at *off: flavor, body and its length; moves *off past it.
 * -EMSGSIZE where the body is over the RFC's limit, -EBADMSG where it ends.
 */
static int
parse_auth(const uint8_t *msg, size_t len, size_t *off, uint32_t *flavor,
    const uint8_t **body, uint32_t *body_len)
{
	if (len - *off < AUTH_FIXED)
		return -EBADMSG;
	*flavor = be32_get(msg + *off);
	*body_len = be32_get(msg + *off + WORD);
	*off += AUTH_FIXED;
	if (*body_len > RPC_AUTH_MAX)
		return -EMSGSIZE;
	if (xdr_padded(*body_len) > len - *off)
		return -EBADMSG;
	*body = msg + *off;
	*off += xdr_padded(*body_len);
	return 0;
}

static int
deny(struct reply_status *st, uint32_t auth)
{
	*st = (struct reply_status){ .kind = REPLY_AUTH_ERROR, .auth = auth };
	return 1;
}

static int
parse_auths(const uint8_t *msg, size_t len, struct call_head *h,
    struct reply_status *st)
{
	static const uint8_t none[2 * AUTH_FIXED];
	const uint8_t *verf;
	uint32_t verf_flavor, verf_len;
	int err;

	h->size = CALL_FIXED;
	/* Most calls: AUTH_NONE twice. */
	if (len >= CALL_FIXED + sizeof(none) &&
	    memcmp(msg + CALL_FIXED, none, sizeof(none)) == 0) {
		h->flavor = AUTH_NONE;
		h->cred = NULL;
		h->cred_len = 0;
		h->size += sizeof(none);
		return 0;
	}
	err = parse_auth(msg, len, &h->size, &h->flavor, &h->cred,
	    &h->cred_len);
	if (err)
		return err == -EMSGSIZE ? deny(st, AUTH_BADCRED) : err;
	err = parse_auth(msg, len, &h->size, &verf_flavor, &verf, &verf_len);
	return err == -EMSGSIZE ? deny(st, AUTH_BADVERF) : err;
}

static int
rpcmsg_parse_call(const uint8_t *msg, size_t len, struct call_head *h,
    struct reply_status *st)
{
	if (len < REPLY_FIXED || be32_get(msg + 4) != CALL)
		return -EBADMSG;
	h->xid = be32_get(msg);
	if (be32_get(msg + 8) != RPC_MSG_VERSION) {
		*st = (struct reply_status){ .kind = REPLY_RPC_MISMATCH,
			.low = RPC_MSG_VERSION, .high = RPC_MSG_VERSION };
		return 1;
	}
	if (len < CALL_FIXED)
		return -EBADMSG;
	h->prog = be32_get(msg + 12);
	h->vers = be32_get(msg + 16);
	h->proc = be32_get(msg + 20);
	return parse_auths(msg, len, h, st);
}

static size_t
write_denied(uint8_t *out, const struct reply_status *st)
{
	be32_put(out + 8, MSG_DENIED);
	if (st->kind == REPLY_AUTH_ERROR) {
		be32_put(out + 12, AUTH_ERROR);
		be32_put(out + 16, st->auth);
		return 20;
	}
	be32_put(out + 12, RPC_MISMATCH);
	be32_put(out + 16, st->low);
	be32_put(out + 20, st->high);
	return 24;
}

static size_t
rpcmsg_write_reply(uint8_t *out, uint32_t xid, const struct reply_status *st)
{
	be32_put(out, xid);
	be32_put(out + 4, REPLY);
	if (st->kind >= REPLY_AUTH_ERROR)
		return write_denied(out, st);
	be32_put(out + 8, MSG_ACCEPTED);
	be32_put(out + 12, AUTH_NONE);
	be32_put(out + 16, 0);
	be32_put(out + 20, st->kind);
	if (st->kind != REPLY_PROG_MISMATCH)
		return REPLY_SIZE;
	be32_put(out + 24, st->low);
	be32_put(out + 28, st->high);
	return 32;
}

static size_t
rpcmsg_write_call(uint8_t *out, const struct call_head *h)
{
	size_t padded = (size_t)xdr_padded(h->cred_len);
	uint8_t *p = out + CALL_FIXED + AUTH_FIXED;

	be32_put(out, h->xid);
	be32_put(out + 4, CALL);
	be32_put(out + 8, RPC_MSG_VERSION);
	be32_put(out + 12, h->prog);
	be32_put(out + 16, h->vers);
	be32_put(out + 20, h->proc);
	be32_put(out + 24, h->flavor);
	be32_put(out + 28, h->cred_len);
	memset(p, 0, padded);
	if (h->cred_len > 0)
		memcpy(p, h->cred, h->cred_len);
	be32_put(p + padded, AUTH_NONE);
	be32_put(p + padded + WORD, 0);
	return CALL_FIXED + 2 * AUTH_FIXED + padded;
}

/* low and high at off, where the reply has them. */
static int
parse_versions(const uint8_t *msg, size_t len, size_t off,
    struct reply_head *h)
{
	if (len < off + 2 * WORD)
		return -EBADMSG;
	h->status.low = be32_get(msg + off);
	h->status.high = be32_get(msg + off + WORD);
	h->size = off + 2 * WORD;
	return 0;
}

static int
parse_denied(const uint8_t *msg, size_t len, struct reply_head *h)
{
	uint32_t why;

	if (len < REPLY_FIXED + 2 * WORD)
		return -EBADMSG;
	why = be32_get(msg + REPLY_FIXED);
	if (why == RPC_MISMATCH) {
		h->status.kind = REPLY_RPC_MISMATCH;
		return parse_versions(msg, len, REPLY_FIXED + WORD, h);
	}
	if (why != AUTH_ERROR)
		return -EBADMSG;
	h->status.kind = REPLY_AUTH_ERROR;
	h->status.auth = be32_get(msg + REPLY_FIXED + WORD);
	h->size = REPLY_FIXED + 2 * WORD;
	return 0;
}

static int
parse_accepted(const uint8_t *msg, size_t len, struct reply_head *h)
{
	const uint8_t *verf;
	uint32_t flavor, verf_len, stat;
	size_t off = REPLY_FIXED;

	if (parse_auth(msg, len, &off, &flavor, &verf, &verf_len) ||
	    len - off < WORD)
		return -EBADMSG;
	stat = be32_get(msg + off);
	off += WORD;
	if (stat > REPLY_SYSTEM_ERR)
		return -EBADMSG;
	h->status.kind = stat;
	h->size = off;
	if (stat == REPLY_PROG_MISMATCH)
		return parse_versions(msg, len, off, h);
	return 0;
}

static int
rpcmsg_parse_reply(const uint8_t *msg, size_t len, struct reply_head *h)
{
	if (len < REPLY_FIXED || be32_get(msg + 4) != REPLY)
		return -EBADMSG;
	h->xid = be32_get(msg);
	switch (be32_get(msg + 8)) {
	case MSG_ACCEPTED:
		return parse_accepted(msg, len, h);
	case MSG_DENIED:
		return parse_denied(msg, len, h);
	default:
		return -EBADMSG;
	}
}

const struct envelope rpcmsg_envelope = {
	.name = "rpcmsg",
	.parse_call = rpcmsg_parse_call,
	.done = { [0] = 0x80, [3] = REPLY_SIZE, [4 + 7] = REPLY },
	.done_size = REPLY_SIZE,
	.write_reply = rpcmsg_write_reply,
	.write_call = rpcmsg_write_call,
	.parse_reply = rpcmsg_parse_reply,
};
