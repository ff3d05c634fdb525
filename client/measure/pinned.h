/*
 * The threads of another process on one CPU for the time of a measurement,
 * and back to where they were.
 */
#ifndef RPCALL_PINNED_H
#define RPCALL_PINNED_H

#include <sched.h>
#include <stddef.h>
#include <sys/types.h>

enum { PINNED_THREADS_MAX = 1024 };

struct pinned {
	pid_t pid;		/* 0: nothing is pinned */
	struct pinned_thread {
		pid_t tid;
		cpu_set_t set;	/* where it was allowed to run */
	} *threads;
	size_t n;
};

/*
 * Moves all threads of pid to cpu: 0; or -errno, with none moved: -ESRCH,
 * -EPERM, -E2BIG (over PINNED_THREADS_MAX), -ENOMEM. Threads that it starts
 * meanwhile inherit the CPU.
 */
int pinned_set(struct pinned *p, pid_t pid, int cpu);

/* Puts back what pinned_set() moved; threads that came since are allowed what
 * the first one was. Nothing where nothing is pinned. */
void pinned_restore(struct pinned *p);

#endif
