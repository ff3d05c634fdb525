/*
 * Many calls outstanding, on one connection or on many: as many replies as
 * have come are taken, and as many new calls leave in one write; or in an
 * open loop each at its time.
 */
#ifndef RPCALL_PIPELINE_H
#define RPCALL_PIPELINE_H

#include <stdint.h>

#include "measure/load.h"
#include "measure/subject.h"

/*
 * Keeps up to load->outstanding calls under way on each of n connections for
 * ns nanoseconds, then takes what is left. Latency counts from the write that
 * a call left in, or from when it was due. 0 or -errno.
 */
int pipeline_run(const struct load *load, struct conn *const *conns,
    unsigned n, struct work *w, uint64_t ns, const struct recorder *rec);

#endif
