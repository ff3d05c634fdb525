/*
 * The end of a peer: see peer.h. Closed at once, freed at the end of the pass
 * or with its last deferred call.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "server/call.h"
#include "server/fifo_dir.h"
#include "server/peer.h"
#include "server/peer_watch.h"
#include "server/server.h"
#include "server/worker.h"

enum { EVICT_LOOKS = 64 };	/* peers that wait for answers are passed over */

void
peer_free(struct peer *p)
{
	struct server *s = p->worker->server;

	atomic_fetch_sub(&p->worker->npeers, 1);
	atomic_fetch_sub(&s->peers, 1);
	if (p->path != NULL) {
		/* Whoever sees the names gone may count on the room. */
		atomic_fetch_sub(&s->fifo_sessions, 1);
		fifo_dir_remove_session(AT_FDCWD, p->path);
		free(p->path);
	}
	chan_release(&p->chan);
	list_remove(&p->link);
	free(p);
}

/* Calls that still wait have nobody left to answer. */
static void
drop_deferred(struct peer *p)
{
	struct list *l = p->deferred.next, *next;

	for (; l != &p->deferred; l = next) {
		struct call *c = container_of(l, struct call, link);

		next = l->next;
		call_drop(c);
	}
}

void
peer_bury(struct peer *p)
{
	struct worker *w = p->worker;

	if (p->ndeferred > 0 || p->direct)
		return;
	w->loop.pass_due = true;
	list_append(&w->closed, &p->link);
}

void
peer_close(struct peer *p, const char *why)
{
	struct worker *w = p->worker;
	char text[ADDR_TEXT_MAX], safe[ADDR_TEXT_MAX];

	if (p->closed)
		return;
	p->closed = w->loop.pass_due = true;
	if (why != NULL)
		log_event(LOG_LEVEL_INFO, "peer-closed",
		    "mech=%s peer=\"%s\" why=\"%s\"",
		    mech_info[p->origin.mech].name, log_escape(safe,
		    sizeof(safe), addr_format(&p->origin.remote, text,
		    sizeof(text))), why);
	events_closed(&w->server->events, why);
	peer_watch_stop(p);
	spin_forget(&w->spin, &p->source);
	direct_forget(&w->direct, &p->source);
	call_forget(w->call, &p->origin);
	list_remove(&p->backlog);
	list_remove(&p->answered);
	list_remove(&p->link);
	if (p->direct) {
		chan_abandon(&p->chan);
		direct_stop(&w->direct);
	} else
		chan_release(&p->chan);
	drop_deferred(p);
	peer_bury(p);
}

/* A peer that is gone looks like one that sends no more: calls that wait for
 * something to happen do not wait for it then. */
static void
hurry_deferred(struct peer *p)
{
	struct list *l = p->deferred.next, *next;

	/* Without memory for an answer the peer is closed, and its other calls
	 * are gone, the next one too. */
	for (; !p->closed && l != &p->deferred; l = next) {
		struct call *c = container_of(l, struct call, link);

		next = l->next;
		if (c->hurry != NULL)
			c->hurry(c);
	}
}

void
peer_settle(struct peer *p)
{
	if (p->closed || !(p->chan.eof || p->worker->draining))
		return;
	if (p->chan.eof && p->ndeferred > 0)
		hurry_deferred(p);
	if (p->closed || p->ndeferred > 0 || chan_queued(&p->chan) > 0 ||
	    !list_empty(&p->backlog))
		return;
	/* Who reads it may have got a call, and sees to the end. */
	if (!p->direct)
		peer_close(p, NULL);
}

bool
peer_close_idle(struct worker *w)
{
	struct list *l = w->peers.next;

	for (int looked = 0; l != &w->peers && looked < EVICT_LOOKS; looked++) {
		struct peer *p = container_of(l, struct peer, link);

		bool idle = w->loop.now - peer_active(p) >= NS_PER_S;

		/* One that is read directly has not been moved to the end. */
		if (!idle && !p->direct)
			return false;
		if (idle && p->ndeferred == 0) {
			peer_close(p, "longest idle when peers ran out");
			return true;
		}
		l = l->next;
	}
	return false;
}

/* What is logged of the end that comes of an error. */
static const char *
reason(int err)
{
	switch (err) {
	case -EMSGSIZE:
		return "record over the limit";
	case -EBADMSG:
		return "not a call, or too many fragments";
	case -ECONNRESET:
		return NULL;
	case -ENOBUFS:
		return "buffers of the server are used up";
	default:
		return strerror(-err);
	}
}

void
peer_fail(struct peer *p, int err)
{
	peer_close(p, reason(err));
}
