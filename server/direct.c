/*
 * Direct reading: see direct.h. Called by worker.c, whose threads live here.
 */
#include "server/direct.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fd.h"
#include "log.h"
#include "server/peer.h"
#include "server/peer_watch.h"
#include "server/server.h"
#include "server/thread.h"
#include "server/worker.h"

enum {
	NEEDED_MIN = 8,		/* passes with that peer alone before the mode */
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
direct_forget(struct direct *d, const struct peer *p)
{
	if (d->hot == p)
		d->hot = NULL;
}

/* A socket between two calls, with nothing on the way but the next one. */
static bool
suits(const struct worker *w, const struct peer *p)
{
	return w->server->limits.direct_ms > 0 && !w->draining &&
	    !w->loop.pass_due && p->chan.rfd == p->chan.wfd && !p->closed &&
	    !p->paused && !p->chan.eof && p->ndeferred == 0 &&
	    record_reader_is_empty(&p->chan.in) && chan_queued(&p->chan) == 0;
}

bool
direct_wanted(struct worker *w)
{
	struct direct *d = &w->direct;
	struct peer *p = peer_of_source(spin_only(&w->spin));

	if (d->peer != NULL) {
		/* A pass of the loop while it has no part in that peer. */
		d->strain += STRAIN_PASS;
		return false;
	}
	if (p == NULL || p != d->hot) {
		d->hot = p;
		d->streak = 0;
		return false;
	}
	return ++d->streak >= d->needed && suits(w, p);
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
begin(struct worker *w, struct peer *p)
{
	struct direct *d = &w->direct;
	int err;

	d->calls = d->strain = d->streak = 0;
	d->silent = false;
	if (d->window == NULL)
		d->window = malloc(WORKER_WINDOW);
	if (d->window == NULL)
		return -ENOMEM;
	err = chan_set_blocking(&p->chan, w->server->limits.direct_ms);
	if (err)
		return err;
	p->direct = true;
	peer_watch_update(p);
	w->loop.turns = &d->turns;
	err = call_other(w);
	if (err) {
		w->loop.turns = NULL;
		peer_undirect(p);
		return err;
	}
	d->peer = p;
	log_event(LOG_LEVEL_DEBUG, "direct-begin", "mech=%s fd=%d worker=%u",
	    mech_info[p->origin.mech].name, p->chan.rfd, w->index);
	return 0;
}

static bool
goes_on(const struct worker *w, const struct peer *p)
{
	const struct direct *d = &w->direct;

	return !p->closed && !p->paused && !p->chan.eof && !d->silent &&
	    !w->draining && !w->loop.stop && list_empty(&w->backlog) &&
	    d->strain < STRAIN_MAX;
}

/* With the turn again: serves what has come. */
static void
came(struct worker *w, struct peer *p, ssize_t n)
{
	struct direct *d = &w->direct;

	w->loop.now = clock_ns();
	if (p->closed || n == -EINTR)
		return;
	if (n == -EAGAIN) {
		d->silent = true;
		return;
	}
	d->calls++;
	d->strain -= d->strain > 0;
	if (n >= 0)
		chan_took(&p->chan, (size_t)n);
	peer_took(p, n);
	loop_pass(&w->loop);
}

static void
read_one(struct worker *w, struct peer *p)
{
	struct direct *d = &w->direct;
	int fd = p->chan.rfd;
	uint8_t *data;
	size_t room;
	ssize_t n;

	/* Without memory for what comes, the loop sees to it. */
	if (chan_space(&p->chan, d->window, WORKER_WINDOW, &data, &room)) {
		d->silent = true;
		return;
	}
	turns_give(&d->turns);
	n = fd_read_once(fd, data, room);
	turns_take(&d->turns);
	came(w, p, n);
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
end(struct worker *w, struct peer *p)
{
	struct direct *d = &w->direct;

	log_event(LOG_LEVEL_DEBUG, "direct-end", "worker=%u reads=%u",
	    w->index, d->calls);
	learn(d);
	d->peer = d->hot = NULL;
	w->loop.turns = NULL;
	peer_undirect(p);
	loop_pass(&w->loop);
	if (!list_empty(&w->backlog))
		loop_wake(&w->loop);
}

/* Until the mode ends; then until the other thread has begun it. */
static void
read_peer(struct worker *w, struct peer *p)
{
	while (goes_on(w, p))
		read_one(w, p);
	end(w, p);
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
	if (d->peer != NULL)
		chan_interrupt(&d->peer->chan);
	sem_post(&d->wanted);
}

/* Either thread: runs the loop whenever it does not read. Alone in its loop
 * it keeps the turn, and nothing is given or taken. */
static void
share(struct worker *w, unsigned thread)
{
	struct direct *d = &w->direct;

	worker_enter(w);
	kernel_tally = &w->kernel[thread];
	turns_take(&d->turns);
	while (!d->over) {
		int err = loop_run(&w->loop);
		struct peer *p = d->hot;

		if (!w->loop.leave)
			finish(w, err);
		else if (begin(w, p) == 0)
			read_peer(w, p);
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
