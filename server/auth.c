/*
 * AUTH_NONE and AUTH_SYS: see auth.h. Called by dispatch.c for each call.
 */
#include "server/auth.h"

#include <string.h>

#include "be.h"

enum { AUTH_SYS_FIXED = 20 };	/* stamp, name's length, uid, gid, count */

/*
 *   stamp | length name... | uid gid | count gids...
 */
static enum auth_stat
parse_sys(struct call *c, const uint8_t *body, uint32_t len)
{
	struct authunix_parms *sys = &c->sys;
	uint32_t name, count;
	const uint8_t *p = body + 8;

	if (len < AUTH_SYS_FIXED)
		return AUTH_BADCRED;
	sys->aup_time = be32_get(body);
	name = be32_get(body + 4);
	if (name > AUTH_SYS_NAME || xdr_padded(name) > len - AUTH_SYS_FIXED)
		return AUTH_BADCRED;
	memcpy(c->machine, p, name);
	c->machine[name] = '\0';
	p += xdr_padded(name);
	sys->aup_uid = be32_get(p);
	sys->aup_gid = be32_get(p + 4);
	count = be32_get(p + 8);
	if (count > AUTH_SYS_GIDS ||
	    len != AUTH_SYS_FIXED + xdr_padded(name) + 4 * count)
		return AUTH_BADCRED;
	sys->aup_len = count;
	for (uint32_t i = 0; i < count; i++)
		c->gids[i] = be32_get(p + 12 + 4 * i);
	c->rq.rq_clntcred = sys;
	return AUTH_OK;
}

enum auth_stat
auth_check(struct call *c, const struct call_head *h)
{
	switch (h->flavor) {
	case AUTH_NONE:
		return AUTH_OK;
	case AUTH_SYS:
		return parse_sys(c, h->cred, h->cred_len);
	default:
		return AUTH_REJECTEDCRED;
	}
}
