/*
 * The thread that computes the digests of this end: see segments.h.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "file/segments.h"
#include "interrupt.h"

enum {
	CHUNK = 64 << 10,	/* bytes of one read: they stay in the cache */
	NICE = 5,
	LOOK_MS = 100,		/* between two looks for Ctrl-C */
};

struct hasher {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct segment *first, **last;	/* the queue */
	bool busy, ending;
	int fd, err;
	EVP_MD_CTX *md;
	char chunk[CHUNK];
};

static bool
is_ending(struct hasher *h)
{
	bool ending;

	pthread_mutex_lock(&h->lock);
	ending = h->ending;
	pthread_mutex_unlock(&h->lock);
	return ending;
}

/* 0, or -errno; a segment is not finished where the end has come. */
static int
hash(struct hasher *h, struct segment *seg)
{
	uint64_t at = seg->offset, end = at + seg->length;

	if (!EVP_DigestInit_ex(h->md, EVP_sha256(), NULL))
		return -EIO;
	while (at < end) {
		size_t want = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		ssize_t n = pread(h->fd, h->chunk, want, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENODATA;
		if (!EVP_DigestUpdate(h->md, h->chunk, (size_t)n))
			return -EIO;
		at += (uint64_t)n;
		if (is_ending(h))
			return -ECANCELED;
	}
	return EVP_DigestFinal_ex(h->md, seg->here, NULL) ? 0 : -EIO;
}

static void
work(struct hasher *h)
{
	struct segment *seg = h->first;
	int err;

	h->first = seg->next;
	if (h->first == NULL)
		h->last = &h->first;
	h->busy = true;
	pthread_mutex_unlock(&h->lock);
	err = hash(h, seg);
	pthread_mutex_lock(&h->lock);
	seg->is_here = err == 0;
	h->err = h->err ? h->err : err;
	h->busy = false;
	pthread_cond_broadcast(&h->changed);
}

static void *
thread_main(void *arg)
{
	struct hasher *h = arg;

	/* Of this thread alone, on Linux. */
	setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
	pthread_mutex_lock(&h->lock);
	while (!h->ending) {
		if (h->first != NULL)
			work(h);
		else
			pthread_cond_wait(&h->changed, &h->lock);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

/* Signals are for the thread that transfers. */
static int
start(struct hasher *h)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&h->thread, NULL, thread_main, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

struct hasher *
hasher_new(int fd)
{
	struct hasher *h = calloc(1, sizeof(*h));
	pthread_condattr_t attr;
	int err = ENOMEM;

	if (h == NULL)
		return NULL;
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->changed, &attr);
	pthread_condattr_destroy(&attr);
	h->last = &h->first;
	h->fd = fd;
	h->md = EVP_MD_CTX_new();
	if (h->md != NULL)
		err = start(h);
	if (err == 0)
		return h;
	EVP_MD_CTX_free(h->md);
	free(h);
	errno = err;
	return NULL;
}

void
hasher_submit(struct hasher *h, struct segment *seg)
{
	pthread_mutex_lock(&h->lock);
	seg->next = NULL;
	*h->last = seg;
	h->last = &seg->next;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

int
hasher_wait(struct hasher *h)
{
	int err;

	pthread_mutex_lock(&h->lock);
	while ((h->first != NULL || h->busy) && h->err == 0 &&
	    interrupt_signal() == 0) {
		uint64_t at = clock_ns() + LOOK_MS * NS_PER_MS;
		struct timespec until = { .tv_sec = (time_t)(at / NS_PER_S),
			.tv_nsec = (long)(at % NS_PER_S) };

		pthread_cond_timedwait(&h->changed, &h->lock, &until);
	}
	err = h->err ? h->err : interrupt_signal() ? -EINTR : 0;
	pthread_mutex_unlock(&h->lock);
	return err;
}

void
hasher_free(struct hasher *h)
{
	if (h == NULL)
		return;
	pthread_mutex_lock(&h->lock);
	h->ending = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	EVP_MD_CTX_free(h->md);
	free(h);
}
