/*
 * When KV's writer begins a transaction. Group commit takes all who called
 * while it synced; but those that it answers then call again a moment too late
 * for the next transaction, and so there come to be two halves, each of which
 * waits for the other's sync:
 *
 *	sync for A | sync for B | ...	    instead of	    sync for A and B | ...
 *	  B waits  |  A waits   |
 *
 * So the writer waits for as many as it has reason to expect, for a small part
 * of what a transaction takes; and less often when they do not come.
 */
#ifndef RPCALLD_KV_GATHER_H
#define RPCALLD_KV_GATHER_H

#include <stddef.h>
#include <stdint.h>

enum {
	GATHER_PART = 4,	/* of a transaction's time, waited at most */
	GATHER_MAX_US = 1000,	/* nor longer than that */
	GATHER_SKIP_MAX = 31,	/* transactions without a wait after those in vain */
};

/* Zeroed memory expects nobody. */
struct gather {
	size_t expected;	/* calls of the next transaction */
	uint64_t took_ns;	/* by the last one */
	unsigned skips;		/* after the last wait, were it in vain, and ... */
	unsigned left;		/* ... how many of them are left */
};

/* A transaction of so many calls took ns; as many others wait already. */
void gather_answered(struct gather *g, size_t calls, size_t others,
    uint64_t ns);

/* How many are enough not to wait for more: most of those expected. */
size_t gather_enough(const struct gather *g);

/* n wait: ns to wait for more at most, or 0. */
uint64_t gather_patience(struct gather *g, size_t n);

/* After such a wait there are n. */
void gather_waited(struct gather *g, size_t n);

#endif
