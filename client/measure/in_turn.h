/*
 * One call at a time on one connection, of any subject: in a closed loop, or
 * in an open one, where a call that is due waits for the answer to the one
 * before it.
 */
#ifndef RPCALL_IN_TURN_H
#define RPCALL_IN_TURN_H

#include <stdint.h>

#include "measure/load.h"
#include "measure/subject.h"

/* Calls for ns nanoseconds, or until Ctrl-C: 0 or -errno. */
int in_turn_run(const struct load *load, struct subject *s, struct work *w,
    uint64_t ns, const struct recorder *rec);

#endif
