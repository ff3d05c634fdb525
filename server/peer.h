/*
 * A peer of a stream mechanism: a channel, who is behind it, its limits. One
 * file for all of them: reading, serving, flushing, back-pressure, timeouts
 * and the end are the same whatever carries the bytes.
 */
#ifndef RPCALLD_PEER_H
#define RPCALLD_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "chan.h"
#include "list.h"
#include "loop.h"
#include "server/origin.h"
#include "server/spin.h"
#include "timers.h"

struct worker;
struct server;
struct call;

enum { OUT_CHUNK = 256 << 10 };	/* replies written before the turn ends */

struct peer {
	struct origin origin;
	struct chan chan;
	struct worker *worker;
	struct spin_source source;
	struct loop_io rio, wio;	/* wio: only where wfd differs */
	struct list link;		/* worker's peers, or its closed ones */
	struct list backlog;		/* worker's backlog */
	struct list answered;		/* worker's answered_peers */
	struct list deferred;		/* its calls that wait for an answer */
	unsigned ndeferred;
	size_t held;		/* bytes of those and of their answers */
	struct timer timer;
	uint64_t active;	/* when it last sent something: peer_active() */
	uint64_t partial;	/* since when a record is incomplete; 0: not */
	uint64_t stalled;	/* since when the bytes that wait have not
				 * become fewer; 0: none wait */
	uint64_t counted;	/* since when those taken are counted: */
	uint64_t taken;		/* bytes of the queue */
	bool paused : 1;	/* not read from: it does not read replies */
	bool closed : 1;
	bool direct : 1;	/* a thread of its own reads it: direct.h */
	char *path;		/* a FIFO session's directory, or NULL; owned */
	struct peer *next;	/* in the worker's inbox */
};

/* Takes both descriptors, which are non-blocking. NULL without memory. */
struct peer *peer_new(struct server *s, int rfd, int wfd,
    const struct origin *origin);

/* The worker's thread takes it in. */
void peer_start(struct peer *p, struct worker *w);

/* One read and all that follows from it; true when bytes were read. */
bool peer_read(struct peer *p);

/*
 * What follows from a read that was not peer_read()'s: n bytes at data, where
 * chan_space() said, 0 at the end, or -errno. True when bytes were read.
 */
bool peer_took(struct peer *p, uint8_t *data, ssize_t n);

/* The commonest turn by far: all that came is one call, which is served from
 * where it was read. w is p's worker, which the caller has at hand. */
void peer_serve_lone(struct peer *p, struct worker *w, const uint8_t *msg,
    size_t len);

/* When p last sent something, as far as is known. */
uint64_t peer_active(struct peer *p);

/* Not read directly any more: watched again, or freed if it was closed. */
void peer_undirect(struct peer *p);

/* Sends what the worker has of a turn's replies: 0, or -1 when the peer was
 * closed. */
int peer_send_turn(struct peer *p);

/* After bytes were written or queued, or -errno: 0, or -1 when the peer was
 * closed. */
int peer_sent(struct peer *p, int err);

/* Of struct origin: queued here, written at the end of the pass with the
 * others' answers. */
void peer_answer(struct origin *o, struct call *c);

/* One turn over records that are there already. */
void peer_serve(struct peer *p);

/* Serves what was read, answers, and closes when that is done. */
void peer_drain(struct peer *p);

/* Closes; why is logged. Memory lives to the end of the pass, or until
 * deferred calls are answered. */
void peer_close(struct peer *p, const char *why);

/* From w's thread: closes its longest idle peer, if that is for a second. */
bool peer_close_idle(struct worker *w);

/* Closes for an error: -errno of reading, of memory or of its records. */
void peer_fail(struct peer *p, int err);

/* Closes when all is done that will ever be. */
void peer_settle(struct peer *p);

/* A closed peer is to be freed, unless somebody is on the way back to it. */
void peer_bury(struct peer *p);

/* Frees a closed peer without deferred calls. */
void peer_free(struct peer *p);

#endif
