/*
 * Direct reading: a worker with one busy source of calls waits for it in
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
 * of it but read from the direct source or release its descriptor. When the
 * mode ends, the reader sleeps until the other thread becomes a reader in its
 * turn: the two are alike.
 *
 * A read that waits is ended by making its descriptor a non-blocking one, and
 * then interrupting the reader: a read that had not begun to wait finds the
 * one, a read that had is woken by the other.
 */
#ifndef RPCALLD_DIRECT_H
#define RPCALLD_DIRECT_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

#include "timers.h"
#include "turns.h"

struct worker;
struct spin_source;

enum { DIRECT_THREADS = 2 };	/* of a worker */

/* What a source of calls that can be read directly does. */
struct direct_ops {
	/* Is it between two calls, with nothing on the way but the next? */
	bool (*suits)(const struct spin_source *s);
	/* The loop has no part in it now, and its reads wait: the descriptor,
	 * or -errno with nothing changed. */
	int (*begin)(struct spin_source *s);
	/*
	 * Reads, each time from direct_wait() to direct_waited(), serves what
	 * came and says so with direct_served(): while direct_goes_on(), and
	 * until it does not suit any more. The loop's clock stands still
	 * meanwhile; whoever needs it looks at it.
	 */
	void (*run)(struct spin_source *s);
	/* Its reads do not wait any more, and the loop has it back. It may be
	 * gone then. */
	void (*end)(struct spin_source *s);
};

struct direct {
	struct turns turns;
	struct spin_source *source;	/* read directly; NULL: by the loop */
	struct spin_source *hot;	/* the only one served in each pass of
					 * late: */
	unsigned streak;	/* so many of them */
	unsigned needed;	/* more when the mode did not pay of late */
	unsigned calls;		/* read since the mode began */
	unsigned strain;	/* what the loop had to do meanwhile, ... */
	unsigned eased;		/* ... less what so many calls made good */
	unsigned seen;		/* calls, when that was last looked at, ... */
	uint64_t came;		/* ... and when they were seen to have come */
	struct timer silence;	/* looks whether that is too long ago */
	int fd;			/* what is read, ... */
	pthread_t reader;	/* ... by whom */
	bool reading;		/* who waits, or is on the way from or to it */
	bool stopped;		/* and is to read no more */
	bool has_stand_in;	/* the second thread has been started */
	bool over;		/* both threads leave */
	int err;		/* of the loop */
	pthread_t stand_in;
	sem_t wanted;		/* the thread that sleeps is to run the loop */
	uint8_t *window;	/* what a reader of streams reads into */
};

void direct_init(struct direct *d);
void direct_release(struct direct *d);

/* Runs w, in the calling thread and another, until it stops: 0 or -errno. */
int direct_run(struct worker *w);

/* The loop's idle hook: is this the time to read a source directly? */
bool direct_wanted(struct worker *w);

/* Around a read that waits: others have their turns, as w, meanwhile. */
void direct_wait(struct worker *w);
void direct_waited(struct worker *w);

/* By the reader: is there to be another read? One was served. */
bool direct_goes_on(const struct worker *w);
void direct_served(struct worker *w);

/* When the last call came, as far as is known: no clock is read for each. In a
 * turn of the loop, whose clock is right. */
uint64_t direct_came(struct worker *w);

/* Whoever has the turn ends the mode, and the read that waits in it. */
void direct_stop(struct direct *d);

/* A source is going away. */
void direct_forget(struct direct *d, const struct spin_source *gone);

#endif
