/*
 * What each mechanism is, tried out on a running daemon (struct mech_facts).
 */
#ifndef RPCALL_FACTS_H
#define RPCALL_FACTS_H

#include "measure/daemon.h"
#include "measure/result.h"
#include "measure/subject.h"

/*
 * Opens each conn subject once, probes its descriptors, and asks the server
 * who it takes us for: fills r->mechs. A mechanism that cannot be opened
 * keeps empty fields. 0 or -ENOMEM.
 */
int facts_probe(struct result *r, struct subject *subjects, size_t n);

/*
 * Kills a daemon of its own to see what stays behind, and fills outlives of
 * every mechanism. Starts and removes that daemon.
 */
void facts_outlives(struct result *r);

#endif
