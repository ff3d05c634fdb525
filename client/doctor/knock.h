/*
 * Calling procedure 0 once or twice, to see who answers, how, and how fast.
 */
#ifndef RPCALL_DOCTOR_KNOCK_H
#define RPCALL_DOCTOR_KNOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "failure.h"
#include "target.h"

struct knock {
	struct failure why;	/* code 0: it answered */
	bool opened;		/* somebody is there; of datagrams: perhaps */
	uint64_t ns;		/* the faster of two calls */
};

/* Calls NULL of prog, version vers, at t. True when it was answered well. */
bool knock(struct knock *k, const struct target *t, uint32_t prog,
    uint32_t vers);

/* The same, and which process of this machine has the other end: its pid, or
 * what peer_find() says. Looking for it takes its time. */
bool knock_who(struct knock *k, const struct target *t, uint32_t prog,
    uint32_t vers, pid_t *server);

/* Did somebody answer in the right envelope, if only to refuse? */
bool knock_heard(const struct knock *k);

#endif
