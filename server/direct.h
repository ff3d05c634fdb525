/*
 * Direct reading: a worker with one busy peer, on a socket, waits for it in
 * read(2) and not in epoll.
 *
 * A system call less per call; and on a Unix socket the kernel wakes a reader
 * when the peer takes its reply, so that the core is awake by the time the
 * next request comes, which it does not do for one that waits in epoll. A
 * read waits for one descriptor, though, so a second thread, started when it
 * is first of use, waits in the loop for all else meanwhile:
 *
 *	reader:  take the turn, serve, write, give it | read(2)
 *	loop:    take the turn, serve others, give it | epoll_wait(2)
 *
 * Whoever has the turn is the worker, and may do everything with everything
 * of it but read from the direct peer or release that one's channel. When the
 * mode ends, the reader sleeps until the other thread becomes a reader in its
 * turn: the two are alike.
 */
#ifndef RPCALLD_DIRECT_H
#define RPCALLD_DIRECT_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

#include "turns.h"

struct worker;
struct peer;

enum { DIRECT_THREADS = 2 };	/* of a worker */

struct direct {
	struct turns turns;
	struct peer *peer;	/* read directly now; NULL: the loop reads all */
	struct peer *hot;	/* the only one served in each pass of late: */
	unsigned streak;	/* so many of them */
	unsigned needed;	/* more when the mode did not pay of late */
	unsigned calls;		/* read since the mode began */
	unsigned strain;	/* what the loop had to do meanwhile */
	bool silent;		/* the peer was, for as long as it may be */
	bool has_stand_in;	/* the second thread has been started */
	bool over;		/* both threads leave */
	int err;		/* of the loop */
	pthread_t stand_in;
	sem_t wanted;		/* the thread that sleeps is to run the loop */
	uint8_t *window;	/* what the reader reads into */
};

void direct_init(struct direct *d);
void direct_release(struct direct *d);

/* Runs w, in the calling thread and another, until it stops: 0 or -errno. */
int direct_run(struct worker *w);

/* The loop's idle hook: is this the time to read a peer directly? */
bool direct_wanted(struct worker *w);

/* A peer is going away. */
void direct_forget(struct direct *d, const struct peer *p);

#endif
