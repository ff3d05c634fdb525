/*
 * Where both ends of a comparison run.
 */
#ifndef RPCALL_PLACEMENT_H
#define RPCALL_PLACEMENT_H

#include "failure.h"
#include "measure/env.h"

struct placement {
	int client, server;	/* CPU, or -1 */
};

/*
 * By --pin ("auto", "off"), and puts this process there; says so in e, and what
 * --spin ("off", "auto") is. 0, or f's code negated.
 */
int placement_choose(struct placement *p, const char *pin, const char *spin,
    struct env *e, struct failure *f);

#endif
