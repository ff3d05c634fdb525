/*
 * Who is calling, in words, for handlers: from the descriptor where that says
 * more than the credential. A weaker kind never overrides a stronger one.
 */
#ifndef RPCALLD_IDENTITY_H
#define RPCALLD_IDENTITY_H

#include <rpc/rpc.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/origin.h"

struct identity_text {
	const char *mechanism;		/* "rpc/tcp"; a literal */
	const char *netid;		/* "tcp6"; a literal */
	char peer[ADDR_TEXT_MAX];	/* "127.0.0.1:4711", a path, or "" */
	enum identity kind;
	bool uid_known;
	uint32_t uid;			/* where uid_known */
};

void identity_of(struct svc_req *rq, struct identity_text *id);

#endif
