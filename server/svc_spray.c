/*
 * spray (rpcsvc-proto's spray.x): counts what arrives, so that a client sees
 * how much of what it sent was lost.
 *
 * There is one counter for all peers, as the protocol has it: two that spray
 * at once count together, and each may clear it.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "clock.h"
#include "spray.h"

static atomic_uint counter;
static uint64_t cleared;	/* clock_ns() of the last CLEAR, or of the first
				 * look at the clock; 0: not yet */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Never answered: whoever sprays does not wait for it. */
bool_t
sprayproc_spray_1_svc(sprayarr *arg, void *res, struct svc_req *rq)
{
	(void)arg, (void)res, (void)rq;
	atomic_fetch_add_explicit(&counter, 1, memory_order_relaxed);
	return FALSE;
}

bool_t
sprayproc_get_1_svc(void *arg, spraycumul *res, struct svc_req *rq)
{
	uint64_t elapsed;

	(void)arg, (void)rq;
	pthread_mutex_lock(&lock);
	if (cleared == 0)
		cleared = clock_ns();
	elapsed = clock_ns() - cleared;
	res->counter = atomic_load(&counter);
	pthread_mutex_unlock(&lock);
	res->clock.sec = (u_int)(elapsed / NS_PER_S);
	res->clock.usec = (u_int)(elapsed % NS_PER_S / NS_PER_US);
	return TRUE;
}

bool_t
sprayproc_clear_1_svc(void *arg, void *res, struct svc_req *rq)
{
	(void)arg, (void)res, (void)rq;
	pthread_mutex_lock(&lock);
	cleared = clock_ns();
	atomic_store(&counter, 0);
	pthread_mutex_unlock(&lock);
	return TRUE;
}
