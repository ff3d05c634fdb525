/*
 * Which CPUs both ends of a measurement run on, as --pin says.
 */
#ifndef RPCALL_PLACEMENT_H
#define RPCALL_PLACEMENT_H

#include <stdint.h>

#include "failure.h"
#include "measure/env.h"
#include "measure/pinned.h"
#include "measure/subject.h"

struct placement {
	int client, server;	/* CPU, or -1: left to the kernel */
	struct pinned pinned;	/* a server that is not ours */
};

/*
 * By --pin: "auto" (a CPU each, where there are two), "off", or
 * "client=0,server=1", either alone or server=same. Moves this process there,
 * and puts it in words into e, with what --spin ("off", "auto") is. 0, or f's
 * code negated.
 */
int placement_choose(struct placement *p, const char *pin, const char *spin,
    struct env *e, struct failure *f);

/*
 * Moves the server of s there, all its threads, until placement_end(): one
 * that s starts itself when that is started, another if it can be found on
 * this host. Otherwise e says why not, and -errno is returned.
 */
int placement_server(struct placement *p, struct subject *s, struct env *e);

/* Puts back the threads of a server that is not ours. */
void placement_end(struct placement *p);

/* ns to look at the clock before a call is due; none where that takes the
 * server's CPU. */
uint64_t placement_spin_ns(const struct placement *p);

#endif
