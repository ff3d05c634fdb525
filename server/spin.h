/*
 * Polling (polling.h) of the one source of calls that a worker is busy with:
 * after its answer the next call is looked for without epoll. An idle daemon
 * sleeps, and a worker with two busy sources waits for both.
 */
#ifndef RPCALLD_SPIN_H
#define RPCALLD_SPIN_H

#include <stdbool.h>
#include <stdint.h>

#include "polling.h"

struct worker;
struct direct_ops;

enum { SPIN_AUTO = -1, SPIN_OFF = 0, SPIN_MAX_US = 1000 };

/* Where calls come from: part of a peer, or of a datagram socket. */
struct spin_source {
	/* Serves what is there: how many calls, or 1 for a turn, which has its
	 * own bounds; 0 there was nothing; -1 do not look again. */
	int (*look)(struct spin_source *s);
	const struct direct_ops *direct;	/* NULL: cannot be read so */
};

struct spin {
	struct polling polling;
	struct spin_source *hot;	/* the only one served in this pass */
	unsigned served;		/* of them */
	struct spin_source *last;	/* the only one of the pass before, ... */
	unsigned streak;		/* ... and of so many before that */
};

/* us: SPIN_AUTO, SPIN_OFF or microseconds. */
void spin_init(struct spin *s, int us);

/* A source was served; it is going away. */
void spin_served(struct spin *s, struct spin_source *hot);
void spin_forget(struct spin *s, struct spin_source *gone);

/* The only source served since the last look, or NULL. */
struct spin_source *spin_only(struct spin *s);

/* Polls the source of w that was the only one for a while: true when something
 * was served. */
bool spin_poll(struct worker *w);

static inline bool
spin_wanted(const struct spin *s)
{
	return s->polling.limit_ns != 0;
}

#endif
