/*
 * The thread pool: see pool.h. An owner is known by its first job, which is
 * in the ring of turns and in a bucket of owners; its others hang on that.
 */
#include "server/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BUCKETS = 256 };

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct list turns;		/* first jobs, next owner first */
	struct list buckets[BUCKETS];	/* the same, by owner */
	bool stopping;
	int nice;
	unsigned nthreads;
	pthread_t threads[];
};

static struct list *
bucket_of(struct pool *p, const void *owner)
{
	/* The low bits of addresses say little. */
	uint64_t h = (uintptr_t)owner * 0x9e3779b97f4a7c15u;

	return &p->buckets[h >> 56];
}

static struct pool_job *
first_of(struct pool *p, const void *owner)
{
	struct list *b = bucket_of(p, owner);

	for (struct list *l = b->next; l != b; l = l->next) {
		struct pool_job *j = container_of(l, struct pool_job, bucket);

		if (j->owner == owner)
			return j;
	}
	return NULL;
}

static void
enter(struct pool *p, struct pool_job *j)
{
	list_append(&p->turns, &j->turn);
	list_append(bucket_of(p, j->owner), &j->bucket);
}

static void
leave(struct pool_job *j)
{
	list_remove(&j->turn);
	list_remove(&j->bucket);
}

/* j alone, in no list. */
static void
reset(struct pool_job *j)
{
	j->next = NULL;
	j->tail = j;
	list_init(&j->turn);
	list_init(&j->bucket);
}

static void
put_last(struct pool *p, struct pool_job *j)
{
	struct pool_job *first = first_of(p, j->owner);

	reset(j);
	if (first == NULL) {
		enter(p, j);
		return;
	}
	first->tail->next = j;
	first->tail = j;
}

/* j goes on before its owner's others, when it is that owner's turn again. */
static void
put_first(struct pool *p, struct pool_job *j)
{
	struct pool_job *first = first_of(p, j->owner);

	reset(j);
	if (first != NULL) {
		leave(first);
		j->next = first;
		j->tail = first->tail;
	}
	enter(p, j);
}

static struct pool_job *
take(struct pool *p)
{
	struct pool_job *j = container_of(p->turns.next, struct pool_job,
	    turn);

	leave(j);
	if (j->next != NULL) {
		j->next->tail = j->tail;
		enter(p, j->next);
	}
	return j;
}

static void
work(struct pool *p)
{
	struct pool_job *j = take(p);
	bool last = p->stopping, more;

	pthread_mutex_unlock(&p->lock);
	more = j->run(j, last);
	pthread_mutex_lock(&p->lock);
	if (more)
		put_first(p, j);
}

static void *
thread_main(void *arg)
{
	struct pool *p = arg;

	/* Of this thread alone, on Linux. */
	if (p->nice != 0)
		setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), p->nice);
	pthread_mutex_lock(&p->lock);
	for (;;) {
		if (!list_empty(&p->turns))
			work(p);
		else if (p->stopping)
			break;
		else
			pthread_cond_wait(&p->work, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Signals are for the threads that wait for them. */
static int
start_threads(struct pool *p, unsigned threads)
{
	sigset_t all, before;
	int err = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (err == 0 && p->nthreads < threads) {
		err = pthread_create(&p->threads[p->nthreads], NULL,
		    thread_main, p);
		p->nthreads += err == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

struct pool *
pool_new(unsigned threads, int nice)
{
	struct pool *p = calloc(1, sizeof(*p) + threads *
	    sizeof(p->threads[0]));
	int err;

	if (p == NULL)
		return NULL;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	list_init(&p->turns);
	for (int i = 0; i < BUCKETS; i++)
		list_init(&p->buckets[i]);
	p->nice = nice;
	err = start_threads(p, threads);
	if (err == 0)
		return p;
	pool_free(p);
	errno = err;
	return NULL;
}

void
pool_submit(struct pool *p, struct pool_job *j)
{
	pthread_mutex_lock(&p->lock);
	put_last(p, j);
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	while (p->nthreads > 0)
		pthread_join(p->threads[--p->nthreads], NULL);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
