/*
 * The writer of KV: one thread that takes all calls that wait, makes their
 * changes in one transaction with one sync (svc_kv_batch.c), and answers them
 * all: group commit. While it syncs, the next calls gather (and a little
 * longer: kv_gather.h). With async most calls need none of this
 * (svc_kv_turn.c). Besides, it sees to it that keys expire, and with async
 * that what was answered goes to disk.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "clock.h"
#include "server/kv_gather.h"
#include "server/svc_kv.h"
#include "server/thread.h"

enum {
	EXPIRE_AGAIN_MS = 1000,	/* after there was no room to remove any */
	SYNC_MS = 100,		/* async: from a commit to its sync */
	LOOK_MS = 2000,		/* between looks at what others have done */
	CLOCK_MS = 60000,	/* between commits, when keys will expire */
	CANCEL_AFTER_MS = 1000,	/* of waiting for others, at the end */
	CANCEL_MS = 20,		/* between signals, from then on */
};

static struct writer {
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock;	/* of the queue */
	pthread_cond_t cond;
	struct call *first, *last;	/* linked by own */
	size_t count;		/* of those */
	size_t wanted;		/* who adds that many wakes the thread, as who
				 * adds the first */
	struct gather gather;
	bool running, stop;
	bool news;		/* others have committed */
	atomic_size_t unanswered;	/* calls that it was given */
	atomic_bool noted;	/* a sync is due, or about to be, that comes
				 * after all that was committed until now */
	/* Of its thread alone, in clock_ns(). */
	uint64_t expiry_due, sync_due, look_due, clock_due;
	uint64_t version;	/* of the store, when last looked at */
} writer = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
};

void
kv_writer_add(struct call *c)
{
	struct writer *w = &writer;

	c->own = NULL;
	atomic_fetch_add(&w->unanswered, 1);
	pthread_mutex_lock(&w->lock);
	if (w->first == NULL)
		w->first = c;
	else
		w->last->own = c;
	w->last = c;
	if (++w->count == 1 || w->count == w->wanted)
		pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
}

void
kv_writer_answered(void)
{
	atomic_fetch_sub(&writer.unanswered, 1);
}

bool
kv_writer_is_idle(void)
{
	return atomic_load(&writer.unanswered) == 0;
}

void
kv_writer_note(void)
{
	struct writer *w = &writer;

	if (atomic_exchange(&w->noted, true))
		return;
	pthread_mutex_lock(&w->lock);
	w->news = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
}

/* When the next key is to be removed: 0 or -errno. */
static int
look(struct writer *w, uint64_t now)
{
	struct store_txn *t;
	uint64_t ms = UINT64_MAX;
	int err;

	w->look_due = now + LOOK_MS * NS_PER_MS;
	err = store_read(w->store, &t);
	if (err)
		return err;
	w->version = store_txn_version(t);
	err = store_next_expiry(t, &ms);
	store_read_end(t);
	w->expiry_due = ms > UINT64_MAX / 2 / NS_PER_MS ? UINT64_MAX :
	    now + ms * NS_PER_MS;
	if (w->expiry_due == UINT64_MAX)
		w->clock_due = UINT64_MAX;
	else if (w->clock_due == UINT64_MAX)
		w->clock_due = now + CLOCK_MS * NS_PER_MS;
	return err;
}

static void
expire(struct writer *w, uint64_t now)
{
	int n = kv_batch_expire(now >= w->clock_due);

	w->clock_due = w->expiry_due = UINT64_MAX;
	w->look_due = now;
	if (n < 0) {
		w->look_due = now + EXPIRE_AGAIN_MS * NS_PER_MS;
		kv_batch_fail(n);
	}
}

static void
sync_later(struct writer *w, uint64_t now, bool news)
{
	if (now >= w->sync_due) {
		w->sync_due = UINT64_MAX;
		atomic_store(&w->noted, false);
		kv_batch_fail(kv_batch_sync());
	}
	if (store_is_async(w->store) && w->sync_due == UINT64_MAX &&
	    (news || w->version != store_version(w->store)))
		w->sync_due = now + SYNC_MS * NS_PER_MS;
}

/* What is due besides calls. */
static void
keep_house(struct writer *w, bool news)
{
	uint64_t now = clock_ns();

	if (kv_batch_failed())
		return;
	sync_later(w, now, news);
	if (now >= w->expiry_due || now >= w->clock_due)
		expire(w, now);
	if (now >= w->look_due || w->version != store_version(w->store))
		kv_batch_fail(look(w, now));
}

static uint64_t
next_due(const struct writer *w)
{
	uint64_t due = w->look_due;

	if (kv_batch_failed())
		return UINT64_MAX;
	if (w->expiry_due < due)
		due = w->expiry_due;
	if (w->clock_due < due)
		due = w->clock_due;
	return w->sync_due < due ? w->sync_due : due;
}

static struct timespec
timespec_of(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / NS_PER_S),
		(long)(ns % NS_PER_S) };
}

struct call *
kv_writer_take(struct call **last)
{
	struct writer *w = &writer;
	struct call *first;

	pthread_mutex_lock(&w->lock);
	first = w->first;
	*last = w->last;
	w->first = NULL;
	w->count = 0;
	pthread_mutex_unlock(&w->lock);
	return first;
}

void
kv_writer_took(size_t calls, uint64_t ns)
{
	struct writer *w = &writer;

	pthread_mutex_lock(&w->lock);
	gather_answered(&w->gather, calls, w->count, ns);
	pthread_mutex_unlock(&w->lock);
}

/* There are calls: a little time for those that are about to come. */
static void
gather(struct writer *w)
{
	uint64_t ns = store_is_async(w->store) ? 0 :
	    gather_patience(&w->gather, w->count);
	struct timespec until = timespec_of(clock_ns() + ns);
	int err = 0;

	if (ns == 0)
		return;
	w->wanted = gather_enough(&w->gather);
	while (w->count < w->wanted && !w->stop && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&w->cond, &w->lock, &until);
	w->wanted = 0;
	gather_waited(&w->gather, w->count);
}

/* Waits for calls, for news, or until something is due: are there calls? */
static bool
wait_for_calls(struct writer *w, bool *news, bool *stop)
{
	struct timespec until = timespec_of(next_due(w));
	bool calls;
	int err = 0;

	pthread_mutex_lock(&w->lock);
	while (w->first == NULL && !w->stop && !w->news && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&w->cond, &w->lock, &until);
	calls = w->first != NULL;
	if (calls)
		gather(w);
	*news = w->news;
	w->news = false;
	*stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	return calls;
}

static void *
writer_main(void *arg)
{
	struct writer *w = arg;
	bool stop = false, news;

	while (!stop) {
		if (wait_for_calls(w, &news, &stop))
			kv_batch_run();
		if (!stop)
			keep_house(w, news);
	}
	if (store_is_async(w->store) && !kv_batch_failed())
		kv_batch_fail(kv_batch_sync());
	return NULL;
}

static void
wake_up(int sig)
{
	(void)sig;	/* It interrupts a wait for other processes. */
}

static int
start_thread(struct writer *w)
{
	struct sigaction sa = { .sa_handler = wake_up };
	sigset_t all, before;
	int err;

	sigaction(SIGUSR2, &sa, NULL);
	thread_cond_init(&w->cond);
	sigfillset(&all);
	sigdelset(&all, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	err = -pthread_create(&w->thread, NULL, writer_main, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

int
kv_writer_start(struct store *store, struct server *server)
{
	struct writer *w = &writer;
	int err;

	kv_batch_init(store, server);
	w->store = store;
	w->first = NULL;
	w->count = 0;
	w->gather = (struct gather){ 0 };
	w->stop = w->news = false;
	atomic_store(&w->noted, false);
	w->expiry_due = w->sync_due = w->clock_due = UINT64_MAX;
	w->look_due = w->version = 0;
	err = start_thread(w);
	w->running = err == 0;
	return err;
}

static bool
has_ended(struct writer *w, uint64_t within_ms)
{
	struct timespec until = timespec_of(clock_ns() +
	    within_ms * NS_PER_MS);

	return pthread_clockjoin_np(w->thread, NULL, CLOCK_MONOTONIC,
	    &until) == 0;
}

void
kv_writer_stop(void)
{
	struct writer *w = &writer;
	bool ended;

	if (!w->running)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
	/* It may wait for a process that was stopped while it wrote. */
	ended = has_ended(w, CANCEL_AFTER_MS);
	while (!ended) {
		store_cancel(w->store);
		pthread_kill(w->thread, SIGUSR2);
		ended = has_ended(w, CANCEL_MS);
	}
	w->running = false;
	pthread_cond_destroy(&w->cond);
}
