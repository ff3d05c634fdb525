/*
 * Where and how a measurement ran: everything that is needed to repeat it.
 */
#ifndef RPCALL_ENV_H
#define RPCALL_ENV_H

#include "measure/result.h"

/* Fills all that can be found out; what cannot stays "". */
void env_fill(struct env *e, const char *verb, int argc,
    const char *const *argv);

/* The first two CPUs that we may run on: their count, at most 2. */
int env_cpus(int cpus[2]);

#endif
