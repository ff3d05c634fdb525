/*
 * Calls that left in one write and whose answers came in one read took equally
 * long: they are counted together. Exact, and one look for a bucket instead
 * of many. pipeline.c alone includes it.
 */
#ifndef RPCALL_ALIKE_H
#define RPCALL_ALIKE_H

#include <stdint.h>

#include "measure/load.h"

struct alike {
	uint64_t due, sent, n;
};

/* Records those that were added since the last time, answered now. */
static inline void
alike_end(struct alike *a, const struct recorder *rec, uint64_t now)
{
	if (a->n > 0)
		record_calls(rec, a->due, a->sent, now, a->n);
	a->n = 0;
}

/* One more, answered at the same moment as those before it. */
static inline void
alike_add(struct alike *a, const struct recorder *rec, uint64_t due,
    uint64_t sent, uint64_t now)
{
	if (a->due != due || a->sent != sent) {
		alike_end(a, rec, now);
		a->due = due;
		a->sent = sent;
	}
	a->n++;
}

#endif
