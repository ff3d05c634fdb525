/*
 * Workers: threads with an event loop each. A peer belongs to one worker for
 * life, so nothing on the path of a call is locked. What comes from other
 * threads (new peers, answers to deferred calls) goes through the inbox. A
 * worker may have a second thread, which takes turns with the first: see
 * direct.h.
 */
#ifndef RPCALLD_WORKER_H
#define RPCALLD_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "clock.h"
#include "kernel.h"
#include "list.h"
#include "loop.h"
#include "server/counters.h"
#include "server/direct.h"
#include "server/spin.h"
#include "xbuf.h"

struct server;
struct peer;
struct call;

enum { WORKER_WINDOW = 256 << 10 };	/* bytes of one read at most */

struct worker {
	struct server *server;
	unsigned index;
	pthread_t thread;
	struct loop loop;
	struct call *call;	/* the request being served; reused */
	struct counters counters;
	struct kernel_tally kernel[DIRECT_THREADS];	/* of each thread */
	size_t deferred;	/* calls that wait for an answer */
	struct buf out;		/* replies of the turn being served */
	struct xbuf_loan loan;	/* and what of the last one is elsewhere */
	int (*before_sent)(void);	/* what they wait for, or NULL */
	uint8_t *window;	/* what peers read into, WORKER_WINDOW bytes */
	struct list datagrams;	/* deferred calls that came in datagrams */
	size_t ndatagrams;
	struct list peers;	/* longest idle first */
	atomic_uint npeers;	/* of it, those on their way here included */
	struct list backlog;	/* with complete records left over */
	struct list turn_end;	/* marks where a pass over the backlog ends */
	struct list closed;	/* freed at the end of the pass */
	struct list answered_peers;	/* written to at the end of the pass */
	struct spin spin;
	struct direct direct;
	int64_t turn_bytes;	/* of a peer's turn */
	uint32_t record_bytes;	/* that a record counts as, at least */
	uint64_t turn_ns;	/* while it is shorter, a turn goes on */
	size_t turn_sure;	/* bytes in which no turn has to be so long */
	pthread_mutex_t lock;	/* of the inbox */
	struct call *answered;	/* inbox: deferred calls with a reply */
	struct peer *arrived;	/* inbox: peers taken in elsewhere */
	bool no_arrivals;	/* inbox: none are taken any more */
	atomic_bool room_wanted;	/* by a peer that came elsewhere */
	bool draining;		/* on the way out */
	struct timer drain_timer;
};

/* 0 or -errno; the thread is started by worker_start(). */
int worker_init(struct worker *w, struct server *s, unsigned index);
void worker_release(struct worker *w);
int worker_start(struct worker *w);

/* Runs w in the calling thread until it has drained: 0 or -errno. */
int worker_run(struct worker *w);

/* The calling thread is one of w's from now on; is it? Then it has the turn. */
void worker_enter(struct worker *w);
bool worker_here(const struct worker *w);

/* Is the peer being served the only one, as far as is known? Of one that is read
 * directly the loop knows more, which then waits for its turn. */
static inline bool
worker_serves_one(const struct worker *w)
{
	return w->loop.nready == 0 && list_empty(&w->backlog) &&
	    !turns_wanted(&w->direct.turns);
}

/* Hands over a peer, from any thread: false, and it is not, where w drains. */
bool worker_adopt(struct worker *w, struct peer *p);

/* Before the turn's replies leave: 0, or -errno and they must not. */
int worker_before_sent(struct worker *w);

/* From any thread: a peer of its that is idle is to be closed. */
void worker_ask_room(struct worker *w);

/* For call.c: c waits for its answer (0, -EBUSY, -ENOMEM); it has it. */
int worker_defer(struct call *c);
void worker_answered(struct call *c);

#endif
