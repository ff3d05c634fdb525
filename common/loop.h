/*
 * An event loop: epoll for descriptors, a heap for timers, an eventfd to be
 * woken from other threads. One thread each; only loop_wake() may be called
 * from another, unless they take turns: then whoever has the turn may call
 * everything but loop_run(). Watchers are embedded in their owners.
 */
#ifndef RPCALL_LOOP_H
#define RPCALL_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "timers.h"
#include "turns.h"

/* Watches one descriptor. events in ready() are EPOLLIN and the like. */
struct loop_io {
	int fd;			/* -1: not watched */
	uint32_t events;	/* what is watched for */
	void (*ready)(struct loop_io *io, uint32_t events);
};

struct loop {
	int epfd;
	struct loop_io wake;
	struct timers timers;
	uint64_t now;		/* clock_ns() at the start of this pass, or when
				 * whoever has the turn last looked */
	bool coarse;		/* the kernel has no epoll_pwait2() */
	bool stop;		/* set to leave loop_run() after this pass */
	bool leave;		/* set by idle() to leave loop_run() now */
	struct turns *turns;	/* given away while waiting; NULL: kept */
	uint64_t until;		/* when the last wait was to end at most, */
	unsigned sets;		/* by so many settings of timers */
	unsigned changes;	/* of what is watched: events found before
				 * them are void */
	int nready;		/* events of this pass not handled yet */
	struct epoll_event *ready;
	uint64_t waits;		/* epoll waits so far: a tally.h count */
	/*
	 * Hooks, each may be NULL. woken: after loop_wake(). idle: before
	 * sleeping; true when it did work and the loop should look again
	 * without sleeping. pass: at the end of a pass in which
	 * pass_due was set.
	 */
	bool pass_due;
	void (*woken)(struct loop *l);
	bool (*idle)(struct loop *l);
	void (*pass)(struct loop *l);
};

/* 0 or -errno. */
int loop_init(struct loop *l);
void loop_release(struct loop *l);

/* io->ready is set; 0 or -errno. flags are EPOLLEXCLUSIVE and the like. */
int loop_add(struct loop *l, struct loop_io *io, int fd, uint32_t events,
    uint32_t flags);

/* Changes what is watched for; no system call when it is so already. */
int loop_mod(struct loop *l, struct loop_io *io, uint32_t events);

/*
 * Stops watching; events of this pass for io are dropped, so that its owner
 * may be freed. Legal when not watched.
 */
void loop_del(struct loop *l, struct loop_io *io);

/* Runs until l->stop or l->leave: 0 or -errno of epoll. Has the turn. */
int loop_run(struct loop *l);

/*
 * For a thread that has the turn while another waits in loop_run(): ends the
 * pass as loop_run() does, and wakes that one when something has become due.
 */
void loop_end_pass(struct loop *l);

static inline void
loop_pass(struct loop *l)
{
	if (l->pass_due || l->sets != l->timers.sets)
		loop_end_pass(l);
}

/* From any thread and from signal handlers: the loop calls its woken hook. */
void loop_wake(struct loop *l);

#endif
