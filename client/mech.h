/*
 * What a mechanism is to the client: a way to obtain descriptors. open()
 * gives a link; framing, envelope and waiting are conn.c's for all of them.
 * One file each, one line in common/mechs.def.
 */
#ifndef RPCALL_MECH_H
#define RPCALL_MECH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "failure.h"
#include "target.h"

/* Connected descriptors: what carries bytes to one server. */
struct link {
	enum mech_id mech;
	int rfd, wfd;		/* non-blocking; equal for a socket */
	bool datagram;
	pid_t child;		/* the server, where we started it, else 0 */
	char path[TARGET_PATH_MAX];	/* where it was found, for probes */
};

struct client_mech {
	/*
	 * Fills l (mech is set): 0, or f's code negated. Blocks until
	 * deadline_ns of clock_ns().
	 */
	int (*open)(struct link *l, const struct target *t,
	    uint64_t deadline_ns, struct failure *f);
};

#define MECH(symbol, name, scheme, envelope, netid, kind) \
	extern const struct client_mech client_mech_##symbol;
#include "mechs.def"
#undef MECH

/* By mech_id. */
extern const struct client_mech *const client_mechs[MECH_COUNT];

/* The kernel keeps us from t's path, where a server may well be: f's code
 * negated. */
int mech_denied(struct failure *f, const struct target *t, int err);

enum { LINK_FATE = 64 };

/* What became of a server that we started and whose pipe has ended: "ended with
 * status 3", waiting a moment for that. Returns out. */
const char *link_fate(const struct link *l, char out[LINK_FATE]);

/* Closes; a server that we started is reaped. Legal when not open. */
void link_close(struct link *l);

#endif
