/*
 * A peer that is read directly: see peer_direct.h. A socket, or a pair of
 * pipes, of which only the one that is read becomes a blocking one.
 */
#include "server/peer_direct.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "fd.h"
#include "server/peer.h"
#include "server/peer_watch.h"
#include "server/worker.h"

static bool
suits(const struct spin_source *s)
{
	const struct peer *p = container_of(s, const struct peer, source);

	return !p->closed && !p->paused && !p->chan.eof &&
	    p->ndeferred == 0 && record_reader_is_empty(&p->chan.in) &&
	    chan_queued(&p->chan) == 0;
}

static int
begin(struct spin_source *s)
{
	struct peer *p = container_of(s, struct peer, source);
	struct direct *d = &p->worker->direct;
	int err;

	if (d->window == NULL)
		d->window = malloc(WORKER_WINDOW);
	if (d->window == NULL)
		return -ENOMEM;
	err = chan_set_blocking(&p->chan);
	if (err)
		return err;
	p->direct = true;
	peer_watch_update(p);
	return p->chan.rfd;
}

static inline bool
may_go_on(const struct peer *p, const struct worker *w)
{
	if (p->closed || p->paused)
		return false;
	return direct_goes_on(w);
}

/* With the turn again: serves what has come, n bytes at data or -errno. May
 * there be more? */
static __attribute__((noinline)) bool
came(struct peer *p, uint8_t *data, ssize_t n)
{
	struct worker *w = p->worker;

	if (p->closed)
		return false;
	if (n == -EINTR || n == -EAGAIN)
		return n == -EINTR;
	w->loop.now = clock_ns();
	peer_took(p, data, n);
	if (p->closed || p->paused || p->chan.eof)
		return false;
	direct_served(w);
	return true;
}

static inline ssize_t
wait_and_read(struct worker *w, int fd, uint8_t *data, size_t room)
{
	ssize_t n;

	direct_wait(w);
	n = fd_read_once(fd, data, room);
	direct_waited(w);
	return n;
}

/* Behind what there is of a record. */
static __attribute__((noinline)) bool
read_on(struct peer *p)
{
	uint8_t *data;
	size_t room;

	/* Without memory for what comes, the loop sees to it. */
	if (chan_space(&p->chan, p->worker->direct.window, WORKER_WINDOW,
	    &data, &room) != 0)
		return false;
	return came(p, data, wait_and_read(p->worker, p->chan.rfd, data,
	    room));
}

/*
 * Reads that begin between two records, as long as each brings one call: the
 * commonest case by far, and nothing is between its read and its write that
 * could be done once for many. Flattened, since as nested functions a call's way
 * through here takes a seventh more instructions, in saving registers.
 */
static __attribute__((flatten)) bool
read_lone_calls(struct peer *p)
{
	struct worker *w = p->worker;
	uint8_t *data = w->direct.window;
	uint32_t max = p->chan.in.whole_max;
	int fd = p->chan.rfd;

	do {
		ssize_t n = wait_and_read(w, fd, data, WORKER_WINDOW);
		size_t len = n <= 0 || p->closed || p->paused ? 0 :
		    record_lone(data, (size_t)n, max);

		if (len == 0)
			return came(p, data, n);
		peer_serve_lone(p, w, data + RECORD_MARK, len);
		direct_served(w);
	} while (may_go_on(p, w));
	return false;
}

static void
run(struct spin_source *s)
{
	struct peer *p = container_of(s, struct peer, source);

	while (may_go_on(p, p->worker))
		if (!(record_reader_is_empty(&p->chan.in) ?
		    read_lone_calls(p) : read_on(p)))
			return;
}

static void
end(struct spin_source *s)
{
	peer_undirect(container_of(s, struct peer, source));
}

const struct direct_ops peer_direct_ops = {
	.suits = suits,
	.begin = begin,
	.run = run,
	.end = end,
};
