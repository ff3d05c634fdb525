/*
 * Threads of the daemon's own, beside its workers.
 */
#ifndef RPCALLD_THREAD_H
#define RPCALLD_THREAD_H

#include <pthread.h>

/* Starts a thread that no signal goes to of itself: 0 or -errno. */
int thread_start(pthread_t *t, void *(*run)(void *arg), void *arg);

/*
 * The calling thread may be interrupted from now on: what it waits for in a
 * system call ends with EINTR then.
 */
void thread_interruptible(void);
void thread_interrupt(pthread_t t);

/* A condition whose times are those of clock_ns(). */
void thread_cond_init(pthread_cond_t *cond);

#endif
