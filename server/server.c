/*
 * The daemon as a whole: see server.h. Called by main.c.
 */
#include "server/server.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "log.h"
#include "server/peer.h"
#include "server/worker.h"


const struct mech *const mechs[MECH_COUNT] = {
#define MECH(symbol, name, scheme, envelope, netid, kind) \
	[MECH_ID_##symbol] = &mech_##symbol,
#include "mechs.def"
#undef MECH
};

static unsigned
usable_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

/* As many peers as descriptors allow, with some kept for everything else. */
static void
fit_descriptors(struct server *s)
{
	uint64_t limit = fd_raise_limit();
	uint64_t usable = limit > s->limits.reserve ?
	    limit - s->limits.reserve : 1;

	if (s->limits.peers > usable)
		s->limits.peers = usable;
}

int
server_init(struct server *s)
{
	fit_descriptors(s);
	s->ncpus = usable_cpus();
	/* A CPU is left to what calls need besides: clients, the kernel's part,
	 * the pools, KV's writer. */
	if (s->nworkers == 0)
		s->nworkers = s->ncpus > 1 ? s->ncpus - 1 : 1;
	s->budget.limit = s->limits.buffers;
	s->record_limits = (struct record_limits){
		.record = s->limits.record,
		.fragments = (unsigned)s->limits.fragments,
		.empty = (unsigned)s->limits.empty_fragments,
	};
	s->workers = calloc(s->nworkers, sizeof(*s->workers));
	if (s->workers == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < s->nworkers; i++) {
		int err = worker_init(&s->workers[i], s, i);

		if (err) {
			s->nworkers = i + 1;	/* that can be released */
			return err;
		}
	}
	return 0;
}

void
server_release(struct server *s)
{
	for (unsigned i = 0; s->workers != NULL && i < s->nworkers; i++)
		worker_release(&s->workers[i]);
	for (size_t i = 0; i < s->nendpoints; i++)
		if (s->endpoints[i].open)
			s->endpoints[i].mech->close(&s->endpoints[i]);
	free(s->workers);
	free(s->endpoints);
}

int
server_listen(struct server *s, const struct endpoint **failed)
{
	for (size_t i = 0; i < s->nendpoints; i++) {
		struct endpoint *e = &s->endpoints[i];
		int err = e->mech->open(s, e);

		if (err && e->optional && (err == -EADDRNOTAVAIL ||
		    err == -EAFNOSUPPORT))
			continue;
		if (err) {
			*failed = e;
			return err;
		}
		e->open = true;
	}
	return 0;
}

static void
join(struct server *s, unsigned started)
{
	for (unsigned i = 0; i < started; i++)
		pthread_join(s->workers[i].thread, NULL);
}

int
server_start(struct server *s)
{
	for (unsigned i = 0; i < s->nworkers; i++) {
		int err = worker_start(&s->workers[i]);

		if (err) {
			server_drain(s);
			join(s, i);
			return err;
		}
	}
	return 0;
}

void
server_drain(struct server *s)
{
	atomic_store(&s->drain, true);
	for (unsigned i = 0; i < s->nworkers; i++)
		loop_wake(&s->workers[i].loop);
}

void
server_end(struct server *s, int code)
{
	int none = 0;

	atomic_compare_exchange_strong(&s->exit_code, &none, code);
	kill(getpid(), SIGTERM);
}

void
server_join(struct server *s)
{
	join(s, s->nworkers);
}

static struct worker *
next_worker(struct server *s)
{
	return &s->workers[atomic_fetch_add(&s->next_worker, 1) %
	    s->nworkers];
}

/*
 * Room for one more, at worst in the place of one that is idle: of w, in whose
 * thread this is, else of another worker, in time for the next attempt.
 */
static bool
make_room(struct server *s, struct worker *w)
{
	if (atomic_load(&s->peers) < s->limits.peers)
		return true;
	if (w != NULL && peer_close_idle(w))
		return true;
	worker_ask_room(next_worker(s));
	return false;
}

/*
 * Of the worker that a peer came to and the next in turn, the one with fewer.
 * Who accepts from a shared socket is whom the kernel wakes, and that is mostly
 * the same one; it deals TCP's to listeners by a hash, as chance has it.
 */
static struct worker *
choose_worker(struct server *s, struct worker *w)
{
	struct worker *next = next_worker(s);

	if (w == NULL)
		return next;
	if (atomic_load(&s->drain))
		return w;
	return atomic_load(&next->npeers) < atomic_load(&w->npeers) ? next : w;
}

/* The worker whose thread this is, which has not left; or NULL. */
static struct worker *
worker_of_thread(struct server *s)
{
	for (unsigned i = 0; i < s->nworkers; i++)
		if (worker_here(&s->workers[i]))
			return &s->workers[i];
	return NULL;
}

/* p is w's: counted, and handed over unless w is the caller itself. False, and
 * it is not, where w is on its way out. */
static bool
give(struct worker *w, struct peer *p)
{
	atomic_fetch_add(&w->npeers, 1);
	p->worker = w;
	if (worker_here(w)) {
		peer_start(p, w);
		return true;
	}
	if (worker_adopt(w, p))
		return true;
	atomic_fetch_sub(&w->npeers, 1);
	return false;
}

int
server_adopt(struct server *s, struct worker *w, int rfd, int wfd,
    const struct origin *origin, char *path)
{
	struct peer *p = NULL;
	int err = make_room(s, w != NULL && worker_here(w) ? w : NULL) ? 0 :
	    -EMFILE;

	if (err == 0) {
		p = peer_new(s, rfd, wfd, origin);
		err = p == NULL ? -ENOMEM : 0;
	}
	if (err) {
		log_event(LOG_LEVEL_WARN, "peer-refused", "mech=%s why=\"%s\"",
		    mech_info[origin->mech].name, err == -EMFILE ?
		    "limit of peers" : strerror(-err));
		events_add(&s->events, err == -EMFILE ? EVENT_REFUSED_LIMIT :
		    EVENT_REFUSED_MEMORY);
		fd_close(rfd);
		if (wfd != rfd)
			fd_close(wfd);
		return err;
	}
	p->path = path;
	atomic_fetch_add(&s->peers, 1);
	events_add(&s->events, EVENT_ACCEPTED);
	w = choose_worker(s, w);
	log_event(LOG_LEVEL_DEBUG, "peer-open", "mech=%s fd=%d worker=%u",
	    mech_info[origin->mech].name, rfd, w->index);
	/* Workers begin to drain one after the other. */
	if (!give(w, p)) {
		w = worker_of_thread(s);
		assert(w != NULL);
		give(w, p);
	}
	return 0;
}
