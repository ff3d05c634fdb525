/*
 * A private daemon for a comparison: rpcalld started in a directory of its
 * own, on loopback and free ports, and ended again.
 */
#ifndef RPCALL_DAEMON_H
#define RPCALL_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "failure.h"
#include "measure/scratch.h"
#include "target.h"

struct daemon {
	pid_t pid;
	char program[TARGET_PATH_MAX];	/* rpcalld's path */
	char dir[SCRATCH_PATH_MAX];
	char state[TARGET_PATH_MAX];	/* in it or elsewhere: its stores */
	struct target targets[MECH_COUNT];	/* by mech_id */
	bool has[MECH_COUNT];
};

struct daemon_request {
	int cpu;		/* pinned there; -1: not */
	const char *spin;	/* --spin */
	bool reg;		/* register with rpcbind */
	const char *durability;	/* --durability; NULL: its default */
	const char *store;	/* where its stores go; NULL: with the rest */
	bool export;		/* it has EXPORT_FILE */
};

/*
 * Starts rpcalld (beside our own program, or in PATH) and waits until it is
 * ready, 5 s at most: 0, or f's code negated with nothing left running.
 */
int daemon_start(struct daemon *d, const struct daemon_request *req,
    struct failure *f);

/* SIGTERM; removes its directories. Twice is legal. */
void daemon_stop(struct daemon *d);

/* SIGKILL; what it leaves behind stays until daemon_stop(). */
void daemon_kill(struct daemon *d);

#endif
