/*
 * A peer that is read directly: see peer_direct.h. A socket, or a pair of
 * pipes, of which only the one that is read becomes a blocking one.
 */
#include "server/peer_direct.h"

#include <errno.h>
#include <stdlib.h>

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

/* With the turn again: serves what has come, n bytes at data or -errno. */
static __attribute__((noinline)) int
came(struct peer *p, uint8_t *data, ssize_t n)
{
	if (p->closed)
		return -1;
	if (n == -EINTR || n == -EAGAIN)
		return n == -EINTR ? 0 : -1;
	peer_took(p, data, n);
	return p->closed || p->paused || p->chan.eof ? -1 : 1;
}

static inline ssize_t
wait_and_read(struct peer *p, uint8_t *data, size_t room)
{
	ssize_t n;

	direct_wait(p->worker);
	n = fd_read_once(p->chan.rfd, data, room);
	direct_waited(p->worker);
	return n;
}

/* Behind what there is of a record. */
static __attribute__((noinline)) int
read_on(struct peer *p)
{
	uint8_t *data;
	size_t room;

	/* Without memory for what comes, the loop sees to it. */
	if (chan_space(&p->chan, p->worker->direct.window, WORKER_WINDOW,
	    &data, &room) != 0)
		return -1;
	return came(p, data, wait_and_read(p, data, room));
}

/*
 * Flattened, since as nested functions a call's way through here took a sixth
 * more instructions, in saving registers.
 */
static __attribute__((flatten)) int
read_once(struct spin_source *s)
{
	struct peer *p = container_of(s, struct peer, source);
	uint8_t *data = p->worker->direct.window;
	ssize_t n;

	if (p->paused)
		return -1;
	if (!record_reader_is_empty(&p->chan.in))
		return read_on(p);
	n = wait_and_read(p, data, WORKER_WINDOW);
	if (n <= 0 || p->closed)
		return came(p, data, n);
	peer_took_first(p, data, n);
	return p->closed || p->paused ? -1 : 1;
}

static void
end(struct spin_source *s)
{
	peer_undirect(container_of(s, struct peer, source));
}

const struct direct_ops peer_direct_ops = {
	.suits = suits,
	.begin = begin,
	.read = read_once,
	.end = end,
};
