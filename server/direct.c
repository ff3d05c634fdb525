/*
 * Direct reading: see direct.h. Called by worker.c, whose threads live here.
 */
#include "server/direct.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fd.h"
#include "list.h"
#include "log.h"
#include "server/server.h"
#include "server/thread.h"
#include "server/worker.h"

enum {
	NEEDED_MIN = 8,		/* passes with that source alone before the mode */
	NEEDED_MAX = 256,
	PAYS = 64,		/* calls by which beginning and ending have paid */
	STRAIN_PASS = 4,	/* a pass of the loop weighs as many calls */
	STRAIN_MAX = 64,	/* that much of them ends the mode */
};

void
direct_init(struct direct *d)
{
	memset(d, 0, sizeof(*d));
	d->needed = NEEDED_MIN;
	sem_init(&d->wanted, 0, 0);
}

void
direct_release(struct direct *d)
{
	sem_destroy(&d->wanted);
	free(d->window);
}

void
direct_forget(struct direct *d, const struct spin_source *gone)
{
	if (d->hot == gone)
		d->hot = NULL;
}

static bool
suits(const struct worker *w, const struct spin_source *s)
{
	return w->server->limits.direct_ms > 0 && !w->draining &&
	    !w->loop.pass_due && s->direct != NULL && s->direct->suits(s);
}

/* A pass of the loop while it has no part in the source; each call that was
 * read meanwhile is worth as much less. */
static void
add_strain(struct direct *d)
{
	unsigned calls = d->calls - d->eased;

	d->eased = d->calls;
	d->strain = (d->strain > calls ? d->strain - calls : 0) + STRAIN_PASS;
	if (d->strain >= STRAIN_MAX)
		direct_stop(d);
}

bool
direct_wanted(struct worker *w)
{
	struct direct *d = &w->direct;
	struct spin_source *s = spin_only(&w->spin);

	if (d->source != NULL) {
		add_strain(d);
		return false;
	}
	if (s == NULL || s != d->hot) {
		d->hot = s;
		d->streak = 0;
		return false;
	}
	return ++d->streak >= d->needed && suits(w, s);
}

void
direct_wait(struct worker *w)
{
	w->direct.reading = true;
	turns_give(&w->direct.turns);
}

void
direct_waited(struct worker *w)
{
	turns_take(&w->direct.turns);
	w->direct.reading = false;
	/* The signal may still be on its way: it comes in this system call
	 * and in none that could be interrupted. */
	if (w->direct.stopped)
		sched_yield();
}

/* A worker that drains, or whose loop has ended, has stopped it. */
bool
direct_goes_on(const struct worker *w)
{
	return !w->direct.stopped && list_empty(&w->backlog);
}

void
direct_served(struct worker *w)
{
	w->direct.calls++;
	loop_pass(&w->loop);
}

uint64_t
direct_came(struct worker *w)
{
	struct direct *d = &w->direct;

	if (d->calls != d->seen)
		d->came = w->loop.now;
	d->seen = d->calls;
	return d->came;
}

void
direct_stop(struct direct *d)
{
	if (d->source == NULL || d->stopped)
		return;
	d->stopped = true;
	if (!d->reading)
		return;
	fd_set_nonblock(d->fd, 1);
	thread_interrupt(d->reader);
}

/* Has it been silent for as long as it may be? */
static void
look_for_silence(struct timer *t, uint64_t now)
{
	struct direct *d = container_of(t, struct direct, silence);
	struct worker *w = container_of(d, struct worker, direct);
	uint64_t until = direct_came(w) +
	    w->server->limits.direct_ms * NS_PER_MS;

	if (until <= now || timer_set(&w->loop.timers, t, until) != 0) {
		direct_stop(d);
		return;
	}
	/* Looking was no strain. */
	d->strain = d->strain > STRAIN_PASS ? d->strain - STRAIN_PASS : 0;
}

static void *stand_in_main(void *arg);

static int
start_stand_in(struct worker *w)
{
	return thread_start(&w->direct.stand_in, stand_in_main, w);
}

/* The other thread takes the loop over when it gets its turn. */
static int
call_other(struct worker *w)
{
	struct direct *d = &w->direct;
	int err = 0;

	if (d->has_stand_in)
		sem_post(&d->wanted);
	else
		err = start_stand_in(w);
	d->has_stand_in = err == 0;
	return err;
}

static int
begin(struct worker *w, struct spin_source *s)
{
	struct direct *d = &w->direct;
	int err;

	d->calls = d->seen = d->strain = d->eased = d->streak = 0;
	d->stopped = false;
	d->reader = pthread_self();
	d->came = w->loop.now;
	d->fd = s->direct->begin(s);
	if (d->fd < 0)
		return d->fd;
	d->silence.fire = look_for_silence;
	err = timer_set(&w->loop.timers, &d->silence,
	    d->came + w->server->limits.direct_ms * NS_PER_MS);
	w->loop.turns = &d->turns;
	if (err == 0)
		err = call_other(w);
	if (err) {
		timer_clear(&w->loop.timers, &d->silence);
		w->loop.turns = NULL;
		s->direct->end(s);
		return err;
	}
	d->source = s;
	log_event(LOG_LEVEL_DEBUG, "direct-begin", "worker=%u fd=%d",
	    w->index, d->fd);
	return 0;
}

/* What costs more than it saves is not tried again soon. */
static void
learn(struct direct *d)
{
	if (d->calls >= PAYS)
		d->needed = NEEDED_MIN;
	else if (d->needed < NEEDED_MAX)
		d->needed *= 2;
}

static void
end(struct worker *w)
{
	struct direct *d = &w->direct;
	struct spin_source *s = d->source;

	log_event(LOG_LEVEL_DEBUG, "direct-end", "worker=%u reads=%u",
	    w->index, d->calls);
	learn(d);
	d->source = d->hot = NULL;
	w->loop.now = clock_ns();
	timer_clear(&w->loop.timers, &d->silence);
	w->loop.turns = NULL;
	s->direct->end(s);
	loop_pass(&w->loop);
	if (!list_empty(&w->backlog))
		loop_wake(&w->loop);
}

/* Until the mode ends; then until the other thread has begun it. */
static void
read_source(struct worker *w)
{
	w->direct.source->direct->run(w->direct.source);
	end(w);
	turns_give(&w->direct.turns);
	while (sem_wait(&w->direct.wanted) < 0)
		;	/* EINTR */
	turns_take(&w->direct.turns);
}

/* The loop has ended: the other thread, wherever it waits, is to leave. */
static void
finish(struct worker *w, int err)
{
	struct direct *d = &w->direct;

	d->over = true;
	d->err = err;
	direct_stop(d);
	sem_post(&d->wanted);
}

/* Either thread: runs the loop whenever it does not read. Alone in its loop
 * it keeps the turn, and nothing is given or taken. */
static void
share(struct worker *w, unsigned thread)
{
	struct direct *d = &w->direct;

	worker_enter(w);
	thread_interruptible();
	kernel_tally = &w->kernel[thread];
	turns_take(&d->turns);
	while (!d->over) {
		int err = loop_run(&w->loop);

		if (!w->loop.leave)
			finish(w, err);
		else if (begin(w, d->hot) == 0)
			read_source(w);
		else
			learn(d);
	}
	turns_give(&d->turns);
}

static void *
stand_in_main(void *arg)
{
	share(arg, 1);
	return NULL;
}

int
direct_run(struct worker *w)
{
	share(w, 0);
	/* Nobody starts it any more: that was this thread's to do. */
	if (w->direct.has_stand_in)
		pthread_join(w->direct.stand_in, NULL);
	return w->direct.err;
}
