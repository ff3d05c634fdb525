/*
 * Identity of a caller: see identity.h.
 */
#include "server/identity.h"

#include <string.h>

#include "server/call.h"

void
identity_of(struct svc_req *rq, struct identity_text *id)
{
	struct call *c = container_of(rq, struct call, rq);
	const struct origin *o = c->origin;

	id->mechanism = mech_info[o->mech].name;
	id->netid = o->netid;
	addr_format(&o->remote, id->peer, sizeof(id->peer));
	id->kind = o->identity;
	id->uid = o->uid;
	if (id->kind < IDENTITY_AUTH_SYS && rq->rq_clntcred != NULL) {
		id->kind = IDENTITY_AUTH_SYS;
		id->uid = ((struct authunix_parms *)rq->rq_clntcred)->aup_uid;
	}
	id->uid_known = id->kind >= IDENTITY_AUTH_SYS;
}
