/*
 * The registrar: see register.h.
 *
 * One connection to rpcbind is kept open. Its end tells of rpcbind's end at
 * once; a DUMP every few seconds tells whether somebody took our entries
 * away. rpcbind refuses SET for what is there with another address, as a dead
 * server leaves it: so each entry is unset before it is set.
 */
#include "server/register.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "binder.h"
#include "clock.h"
#include "fd.h"
#include "log.h"
#include "server/dispatch.h"
#include "server/server.h"
#include "server/service.h"

enum { RETRY_MS = 500, LOOK_MS = 3000, CALL_MS = 3000, FIRST_MS = 1000 };

struct registrar {
	pthread_t thread;
	struct binder_entry *entries;	/* what is to be there */
	size_t count;
	int stop;			/* eventfd */
	struct binder binder;
	bool warned;			/* that rpcbind is not there */
	pthread_mutex_t lock;
	pthread_cond_t tried;
	bool first_done;
};

static size_t
fill_entries(struct registrar *r, const struct server *s)
{
	for (size_t i = 0; i < s->nendpoints; i++)
		for (unsigned k = 0; k < nservices && s->endpoints[i].open;
		    k++) {
			struct binder_entry *e = &r->entries[r->count++];

			e->prog = services[k].prog;
			e->vers = services[k].vers;
			snprintf(e->netid, sizeof(e->netid), "%s",
			    s->endpoints[i].netid);
			snprintf(e->uaddr, sizeof(e->uaddr), "%s",
			    s->endpoints[i].uaddr);
			snprintf(e->owner, sizeof(e->owner), "%u",
			    (unsigned)geteuid());
		}
	return r->count;
}

/* Numbers in the hint are decimal: rpcinfo takes 0x... for a name. */
static void
log_refusal(struct registrar *r, const struct binder_entry *e)
{
	struct binder_entry *list;
	size_t n;

	list = binder_dump(&r->binder, &n);
	for (size_t i = 0; list != NULL && i < n; i++)
		if (list[i].prog == e->prog && list[i].vers == e->vers &&
		    strcmp(list[i].netid, e->netid) == 0)
			log_event(LOG_LEVEL_WARN, "register-refused",
			    "prog=0x%x vers=%u netid=%s held-at=%s "
			    "owner=%s we=%u hint=\"if that server is dead: "
			    "sudo rpcinfo -d %u %u\"",
			    e->prog, e->vers, e->netid, list[i].uaddr,
			    list[i].owner, (unsigned)geteuid(), e->prog,
			    e->vers);
	free(list);
}

static bool
is_stopping(const struct registrar *r)
{
	struct pollfd pfd = { .fd = r->stop, .events = POLLIN };

	return poll(&pfd, 1, 0) > 0;
}

/* Sets one entry: 0, 1 if refused, -errno only when the connection is of no
 * use. */
static int
set_entry(struct registrar *r, const struct binder_entry *e)
{
	int err = binder_unset(&r->binder, e);

	if (err == 0)
		err = binder_set(&r->binder, e);
	if (err == -EPERM) {
		log_refusal(r, e);
		return 1;
	}
	return err;
}

static int
set_all(struct registrar *r)
{
	size_t refused = 0;

	for (size_t i = 0; i < r->count; i++) {
		int err = is_stopping(r) ? -ECANCELED :
		    set_entry(r, &r->entries[i]);

		if (err < 0)
			return err;
		refused += err > 0;
	}
	log_event(LOG_LEVEL_INFO, "registered", "entries=%zu refused=%zu",
	    r->count - refused, refused);
	return 0;
}

/* Is each entry listed with our address? Those held by others count too:
 * asking again would not help. */
static bool
all_there(struct registrar *r)
{
	struct binder_entry *list;
	size_t n, found = 0;

	list = binder_dump(&r->binder, &n);
	if (list == NULL)
		return false;
	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; k < n; k++)
			if (list[k].prog == r->entries[i].prog &&
			    list[k].vers == r->entries[i].vers &&
			    strcmp(list[k].netid, r->entries[i].netid) == 0) {
				found++;
				break;
			}
	free(list);
	return found == r->count;
}

/* Waits: 1 to stop, -1 when rpcbind has gone, 0 when the time is over. */
static int
wait_for(struct registrar *r, int ms)
{
	struct pollfd pfds[2] = {
		{ .fd = r->stop, .events = POLLIN },
		{ .fd = r->binder.clnt ? r->binder.fd : -1,
			.events = POLLIN | POLLRDHUP },
	};

	poll(pfds, 2, ms);
	if (pfds[0].revents)
		return 1;
	return pfds[1].revents ? -1 : 0;
}

static void
first_attempt_done(struct registrar *r)
{
	pthread_mutex_lock(&r->lock);
	r->first_done = true;
	pthread_cond_signal(&r->tried);
	pthread_mutex_unlock(&r->lock);
}

static int
connect_and_set(struct registrar *r)
{
	int err = binder_open(&r->binder, NULL, CALL_MS);

	if (err == 0)
		err = set_all(r);
	if (err == 0) {
		r->warned = false;
		return 0;
	}
	binder_close(&r->binder);
	if (!r->warned)
		log_event(LOG_LEVEL_WARN, "rpcbind-absent", "why=\"%s\" "
		    "note=\"served all the same; trying again\"",
		    strerror(-err));
	r->warned = true;
	return err;
}

/* While rpcbind is there: 1 to stop, 0 when it must be connected to again. */
static int
keep_watch(struct registrar *r)
{
	for (;;) {
		int event = wait_for(r, LOOK_MS);

		if (event > 0)
			return 1;
		if (event < 0 || (!all_there(r) && set_all(r) != 0))
			return 0;
	}
}

/* Gives up at the first that fails: a rpcbind that hangs must not keep us. */
static void
unset_all(struct registrar *r)
{
	for (size_t i = 0; i < r->count; i++) {
		int err = binder_unset(&r->binder, &r->entries[i]);

		if (err && err != -EPERM)
			return;
	}
}

static void *
registrar_main(void *arg)
{
	struct registrar *r = arg;
	int stop = 0;

	while (!stop) {
		int err = connect_and_set(r);

		first_attempt_done(r);
		if (err) {
			stop = wait_for(r, RETRY_MS) > 0;
			continue;
		}
		stop = keep_watch(r);
		if (stop)
			unset_all(r);
		binder_close(&r->binder);
	}
	return NULL;
}

static void
wait_first(struct registrar *r)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += FIRST_MS / 1000;
	pthread_mutex_lock(&r->lock);
	while (!r->first_done && pthread_cond_timedwait(&r->tried, &r->lock,
	    &until) == 0)
		;
	pthread_mutex_unlock(&r->lock);
}

static void
init_sync(struct registrar *r)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->tried, &attr);
	pthread_condattr_destroy(&attr);
}

struct registrar *
register_start(struct server *s)
{
	struct registrar *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	init_sync(r);
	r->entries = calloc(s->nendpoints * nservices + 1,
	    sizeof(*r->entries));
	r->stop = eventfd(0, EFD_CLOEXEC);
	if (r->entries == NULL || r->stop < 0 ||
	    (fill_entries(r, s) == 0) ||
	    pthread_create(&r->thread, NULL, registrar_main, r) != 0) {
		fd_close(r->stop);
		free(r->entries);
		free(r);
		return NULL;
	}
	wait_first(r);
	return r;
}

void
register_stop(struct registrar *r)
{
	uint64_t one = 1;

	if (r == NULL)
		return;
	fd_write_all(r->stop, &one, sizeof(one));
	pthread_join(r->thread, NULL);
	fd_close(r->stop);
	free(r->entries);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->tried);
	free(r);
}
