/*
 * Targets: the URIs by which both ends name an endpoint.
 *
 *   rpc://HOST  rpc+tcp://HOST[:PORT]  rpc+tcp6://  rpc+udp://  rpc+udp6://
 *   rpc+local:[/PATH]  tcp://HOST:PORT  unix:/PATH  fifo:/DIR  pipe:COMMAND
 *
 * IPv6 addresses stand in brackets. "?auth=sys" may follow.
 */
#ifndef RPCALL_TARGET_H
#define RPCALL_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TARGET_PATH_MAX = 512, TARGET_HOST_MAX = 256, TARGET_PORT = 7411 };

/* The mechanisms of mechs.def, in its order. */
enum mech_id {
#define MECH(symbol, name, scheme, envelope, netid, kind) MECH_ID_##symbol,
#include "mechs.def"
#undef MECH
	MECH_COUNT,
	MECH_ID_ANY_RPC = MECH_COUNT,	/* rpc://: whichever rpcbind knows */
};

struct envelope;

/* What mechs.def says of a mechanism. */
struct mech_info {
	const char *name;		/* "rpc/tcp" */
	const char *scheme;		/* "rpc+tcp" */
	const struct envelope *envelope;
	const char *netid;		/* "tcp"; "tcp6" is derived */
	const char *kind;		/* of descriptor: floor row */
};

extern const struct mech_info mech_info[MECH_COUNT];

/* The mechanism of that name ("rpc/tcp") or -ENOENT. */
int mech_by_name(const char *name);

struct target {
	enum mech_id mech;
	int family;			/* AF_UNSPEC, AF_INET or AF_INET6 */
	char host[TARGET_HOST_MAX];	/* "" where there is none */
	int port;			/* -1: none given; 0: any (listening) */
	char path[TARGET_PATH_MAX];	/* path, directory or command */
	bool auth_sys;			/* ?auth=sys */
};

/*
 * Parses uri: 0, or -EINVAL with what is wrong in why (a sentence, with a
 * hint after a newline where there is one).
 */
int target_parse(struct target *t, const char *uri, char *why, size_t size);

/* Writes t as a URI; returns out, cut to size. */
const char *target_format(const struct target *t, char *out, size_t size);

#endif
