/*
 * What a mechanism is to the server: a way to obtain peers. A mechanism opens
 * an endpoint and calls server_adopt() for each peer; it moves no bytes of a
 * peer, but for UDP, which has no peers. One file each, one line in
 * common/mechs.def.
 */
#ifndef RPCALLD_MECH_H
#define RPCALLD_MECH_H

#include <stdbool.h>
#include <stddef.h>

#include "sock.h"
#include "target.h"

struct server;
struct worker;
struct listener;

/* Something that listens. uaddr and netid are what rpcbind is told. */
struct endpoint {
	struct target target;		/* with the port that it got */
	const struct mech *mech;
	const char *netid;		/* "tcp6"; a literal */
	char uaddr[TARGET_PATH_MAX];
	int inherited;			/* a socket from systemd, or -1 */
	bool optional;			/* not configured: absence is no error */
	bool open;
	struct listener *listeners;	/* one per worker; owned */
	size_t nlisteners;
	void *state;			/* the mechanism's own */
};

struct mech {
	/*
	 * Opens e and hooks it into the workers' loops, which do not run yet:
	 * 0 or -errno. May block for as long as opening files does.
	 */
	int (*open)(struct server *s, struct endpoint *e);
	/* No more peers; from the thread of worker w, for each worker. */
	void (*quiet)(struct endpoint *e, struct worker *w);
	/* Removes what it left in the file system and frees; after the
	 * workers have ended. */
	void (*close)(struct endpoint *e);
};

#define MECH(symbol, name, scheme, envelope, netid, kind) \
	extern const struct mech mech_##symbol;
#include "mechs.def"
#undef MECH

/* By mech_id. */
extern const struct mech *const mechs[MECH_COUNT];

#endif
