/*
 * The daemon as a whole: its limits, workers and endpoints, and the one door
 * through which every peer of every mechanism comes in.
 */
#ifndef RPCALLD_SERVER_H
#define RPCALLD_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "record.h"
#include "server/events.h"
#include "server/limits.h"
#include "server/mech.h"
#include "server/origin.h"

struct worker;

struct server {
	struct limits limits;
	struct record_limits record_limits;
	struct budget budget;		/* of all buffers that wait */
	struct worker *workers;
	unsigned nworkers;
	int spin_us;			/* SPIN_AUTO, SPIN_OFF or µs */
	unsigned ncpus;			/* that we may run on */
	struct endpoint *endpoints;
	size_t nendpoints;
	bool stdio;			/* serve stdin and stdout, then exit */
	struct events events;
	atomic_uint peers;		/* open now */
	atomic_uint fifo_sessions;	/* open now, unopened ones included */
	atomic_uint next_worker;	/* for mechanisms dealt out in turn */
	atomic_bool drain;		/* workers finish and leave */
	atomic_int exit_code;		/* of the process; see server_end() */
};

/*
 * Sets up workers; limits, spin_us and nworkers (0: one per CPU but one) are
 * filled in. Raises the limit of descriptors as far as it goes: 0 or -errno.
 */
int server_init(struct server *s);
void server_release(struct server *s);

/* Opens all endpoints: 0, or -errno with the one that failed in *failed. */
int server_listen(struct server *s, const struct endpoint **failed);

/* Starts the workers' threads: 0 or -errno. */
int server_start(struct server *s);

/* Stops accepting; workers finish what was accepted and end. */
void server_drain(struct server *s);

/*
 * From any thread: drains, as SIGTERM does, and the process exits with code.
 * The first code that is not 0 stays.
 */
void server_end(struct server *s, int code);

/* Waits until they have. */
void server_join(struct server *s);

/*
 * The door: counts, limits, names and logs a peer and gives it to w, whom
 * it came to, or to the next worker in turn if that has fewer or w is NULL. Takes both descriptors, even on
 * failure, and path (see struct peer): 0, -EMFILE at the limit of peers,
 * -ENOMEM.
 */
int server_adopt(struct server *s, struct worker *w, int rfd, int wfd,
    const struct origin *origin, char *path);

#endif
