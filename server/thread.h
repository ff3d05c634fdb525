/*
 * Threads of the daemon's own, beside its workers.
 */
#ifndef RPCALLD_THREAD_H
#define RPCALLD_THREAD_H

#include <pthread.h>

/* Starts a thread that no signal goes to: 0 or -errno. */
int thread_start(pthread_t *t, void *(*run)(void *arg), void *arg);

/* A condition whose times are those of clock_ns(). */
void thread_cond_init(pthread_cond_t *cond);

#endif
