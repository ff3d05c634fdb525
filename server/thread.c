/*
 * Threads: see thread.h.
 */
#include "server/thread.h"

#include <signal.h>
#include <time.h>

int
thread_start(pthread_t *t, void *(*run)(void *arg), void *arg)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(t, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -err;
}

static void
nothing(int sig)
{
	(void)sig;
}

/* SIGURG: nobody else has a use for it, and where it is sent to a process that
 * does not expect it nothing happens. */
void
thread_interruptible(void)
{
	struct sigaction sa = { .sa_handler = nothing };	/* no SA_RESTART */
	sigset_t urgent;

	sigaction(SIGURG, &sa, NULL);
	sigemptyset(&urgent);
	sigaddset(&urgent, SIGURG);
	pthread_sigmask(SIG_UNBLOCK, &urgent, NULL);
}

void
thread_interrupt(pthread_t t)
{
	pthread_kill(t, SIGURG);
}

void
thread_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}
