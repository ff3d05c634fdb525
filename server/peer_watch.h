/*
 * What a peer is watched for: readiness to read and write, its deadlines, and
 * the memory it holds.
 * The part of peer.c that talks to the loop.
 */
#ifndef RPCALLD_PEER_WATCH_H
#define RPCALLD_PEER_WATCH_H

#include <stdbool.h>

#include "server/peer.h"

/* 0 or -errno. */
int peer_watch_start(struct peer *p);
void peer_watch_stop(struct peer *p);

/* After the queue, paused, eof or draining changed; may set p->paused. */
void peer_watch_update(struct peer *p);

/* As that, after p was not watched for reading at all: 0 or -errno. */
int peer_watch_resume(struct peer *p);

/* n bytes of the queue have been taken. */
void peer_watch_taken(struct peer *p, size_t n);

/* After a turn: may a record be half there (if none is complete)? */
void peer_watch_partial(struct peer *p, bool may_be);

/*
 * Are as many calls deferred as a peer may have, or do their arguments and
 * answers, with what it has not read yet, come to more than its queue?
 */
bool peer_holds_enough(const struct peer *p);

/*
 * The buffers of all are used up, and p needs some: whoever of this worker's
 * peers holds the most gives way. False when that is p itself.
 */
bool peer_free_memory(struct peer *p);

/* Of peer.c: the queue can be written; a paused peer can be served again. */
void peer_flush(struct peer *p);
void peer_resume(struct peer *p);

#endif
