/*
 * A pool of threads for what may block: disk I/O and long computations.
 *
 * Jobs belong to an owner (a peer). Owners take turns, whatever each has
 * queued, and a job that is not done after its slice goes on in its owner's
 * next turn: so nobody waits for more than one slice of each other owner.
 * A job is memory of the caller's; the pool allocates nothing per job.
 */
#ifndef RPCALLD_POOL_H
#define RPCALLD_POOL_H

#include <stdbool.h>

#include "list.h"

struct pool;

struct pool_job {
	/*
	 * In a thread of the pool: true when there is more to do. After false
	 * the pool knows the job no more, and it may have freed itself. When
	 * last is set there will be no other turn: it must end now.
	 */
	bool (*run)(struct pool_job *j, bool last);
	const void *owner;

	/* The pool's own. */
	struct pool_job *next, *tail;	/* the same owner's, behind this one */
	struct list turn, bucket;	/* of the first of an owner */
};

/*
 * Threads of this priority (nice(2): 0 as the process, up to 19). NULL with
 * errno.
 */
struct pool *pool_new(unsigned threads, int nice);

/* Queues j, from any thread. */
void pool_submit(struct pool *p, struct pool_job *j);

/* Ends every job, then the threads. p may be NULL. */
void pool_free(struct pool *p);

#endif
