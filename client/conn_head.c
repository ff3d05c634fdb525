/*
 * Heads of calls: see conn_head.h. Calls of one procedure differ in their xid
 * alone, so the last head is kept and written again with another.
 */
#include "conn_head.h"

#include <rpc/rpc.h>
#include <string.h>

#include "be.h"

static __attribute__((noinline)) size_t
put_head(struct conn *c, struct call_head *head, size_t n, uint8_t *out)
{
	size_t mark = c->link.datagram ? 0 : RECORD_MARK, len;

	head->xid = ++c->xid;
	head->flavor = c->flavor;
	head->cred = c->cred;
	head->cred_len = c->cred_len;
	len = mark + c->envelope->write_call(out + mark, head);
	if (mark > 0)
		record_mark(out, len - mark + n);
	/* A credential may change from call to call. */
	c->kept.len = c->flavor == AUTH_NONE ? len : 0;
	if (c->kept.len == 0)
		return len;
	c->kept.prog = head->prog;
	c->kept.vers = head->vers;
	c->kept.proc = head->proc;
	c->kept.n = n;
	memcpy(c->kept.bytes, out, len);
	return len;
}

static bool
is_kept(const struct conn *c, const struct call_head *head, size_t n)
{
	return c->kept.len > 0 && c->kept.n == n &&
	    c->kept.proc == head->proc && c->kept.prog == head->prog &&
	    c->kept.vers == head->vers && c->flavor == AUTH_NONE;
}

static size_t
put_kept(struct conn *c, struct call_head *head, uint8_t *out)
{
	head->xid = ++c->xid;
	memcpy(out, c->kept.bytes, CONN_HEAD_KEPT);
	be32_put(out + (c->link.datagram ? 0 : RECORD_MARK), head->xid);
	return c->kept.len;
}

size_t
conn_put_head(struct conn *c, struct call_head *head, size_t n, uint8_t *out)
{
	return is_kept(c, head, n) ? put_kept(c, head, out) :
	    put_head(c, head, n, out);
}
