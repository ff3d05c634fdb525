/*
 * KV, the durable key-value store (idl/kv.x): its start and end, and the calls
 * that change something on their way to the writer. svc_kv.h has the map.
 *
 * rpcalld --stdio opens the store with the first call that needs it: a pipe
 * that is used for something else does not pay for it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "server/options.h"
#include "server/rundir.h"
#include "server/service.h"
#include "server/svc_kv.h"
#include "server/svc_kv_turn.h"

enum { WHY = 512 };

static struct {
	struct server *server;
	const struct options *options;	/* NULL: not started */
	struct store *store;
	bool tried;			/* to open it */
} kv;

static int
open_store(char *why, size_t size)
{
	const struct options *o = kv.options;
	char dir[TARGET_PATH_MAX + 8];
	struct store_options so = {
		.dir = dir, .map = o->limits.kv_map,
		.changes = o->limits.kv_changes,
		.clients = o->limits.kv_clients, .durability = o->durability,
	};
	int err = rundir_make(o->state, o->state_given == NULL);

	if (err) {
		snprintf(why, size, "%s: %s", o->state, strerror(-err));
		return err;
	}
	snprintf(dir, sizeof(dir), "%s/kv", o->state);
	return store_open(&kv.store, &so, why, size);
}

/* The store with its two threads. */
static int
open_all(char *why, size_t size)
{
	int err = open_store(why, size);

	kv.tried = true;
	if (err)
		return err;
	err = kv_watch_start(kv.store, kv.options->limits.kv_watches);
	if (err == 0)
		err = kv_writer_start(kv.store, kv.server);
	if (err == 0)
		return 0;
	kv_watch_stop();
	store_close(kv.store);
	kv.store = NULL;
	return err;
}

static int
kv_start(struct server *s, const struct options *o, char *why, size_t size)
{
	kv.server = s;
	kv.options = o;
	kv.tried = false;
	return o->stdio ? 0 : open_all(why, size);
}

static void
kv_stop(void)
{
	if (kv.store != NULL) {
		kv_writer_stop();
		kv_watch_stop();
		store_close(kv.store);
	}
	kv.store = NULL;
	kv.options = NULL;
}

/* With --stdio, which has one thread for calls. */
static void
open_late(void)
{
	char why[WHY] = "";
	int err;

	if (kv.options == NULL || kv.tried)
		return;
	err = open_all(why, sizeof(why));
	if (err)
		log_event(LOG_LEVEL_ERROR, "store-not-opened",
		    "why=\"%s\" hint=\"--state DIR\"", why[0] ? why :
		    strerror(-err));
}

struct store *
kv_store(struct svc_req *rq)
{
	if (kv.store == NULL)
		open_late();
	if (kv.store == NULL)
		kv_failed(rq);
	return kv.store;
}

bool_t
kv_garbage(struct svc_req *rq)
{
	svcerr_decode(rq->rq_xprt);
	return FALSE;
}

bool_t
kv_failed(struct svc_req *rq)
{
	svcerr_systemerr(rq->rq_xprt);
	return FALSE;
}

bool_t
kv_answer(struct svc_req *rq, xdrproc_t proc, void *result)
{
	svc_sendreply(rq->rq_xprt, proc, result);
	return FALSE;
}

bool_t
kv_null_1_svc(void *arg, void *res, struct svc_req *rq)
{
	(void)arg, (void)res, (void)rq;
	return TRUE;
}

/* Is every key there, and every change one that can be asked for? */
static bool
is_sound(const struct kv_plan *p)
{
	for (unsigned i = 0; i < p->nconditions; i++)
		if (p->conditions[i].key.kv_key_len == 0)
			return false;
	for (unsigned i = 0; i < p->nchanges; i++) {
		const kv_change *c = &p->changes[i];
		bool put = c->kind == KV_CHANGE_PUT;

		if (c->kind == KV_CHANGE_EXPIRE || (put ?
		    c->kv_change_u.put.key.kv_key_len :
		    c->kv_change_u.key.kv_key_len) == 0)
			return false;
	}
	return p->opid->sequence == 0 || p->opid->done < p->opid->sequence;
}

static size_t
bytes_of(const struct kv_plan *p)
{
	size_t n = 0;

	for (unsigned i = 0; i < p->nconditions; i++)
		n += p->conditions[i].key.kv_key_len;
	for (unsigned i = 0; i < p->nchanges; i++) {
		const kv_change *c = &p->changes[i];

		n += c->kind == KV_CHANGE_PUT ?
		    c->kv_change_u.put.key.kv_key_len +
		    c->kv_change_u.put.value.kv_value_len :
		    c->kv_change_u.key.kv_key_len;
	}
	return n;
}

/* PUT, DELETE, CAS and TXN: what is not run at once waits for the writer. */
static bool_t
change(void *args, kv_write_result *res, struct svc_req *rq)
{
	struct kv_plan p;
	struct call *c;

	kv_plan(&p, (uint32_t)rq->rq_proc, args);
	if (!is_sound(&p))
		return kv_garbage(rq);
	res->status = KV_TOO_LARGE;
	if (bytes_of(&p) > KV_TXN_BYTES)
		return TRUE;
	if (kv_store(rq) == NULL)
		return FALSE;
	switch (kv_turn_run(kv.store, rq, &p)) {
	case KV_RUN:
		return TRUE;
	case KV_RUN_FAILED:
		return kv_failed(rq);
	case KV_NOT_RUN:
		break;
	}
	c = call_defer(rq);
	res->status = KV_BUSY;
	if (c == NULL)
		return TRUE;
	kv_writer_add(c);
	return FALSE;
}

bool_t
kv_put_1_svc(kv_put_args *a, kv_write_result *res, struct svc_req *rq)
{
	return change(a, res, rq);
}

bool_t
kv_delete_1_svc(kv_delete_args *a, kv_write_result *res, struct svc_req *rq)
{
	return change(a, res, rq);
}

bool_t
kv_cas_1_svc(kv_cas_args *a, kv_write_result *res, struct svc_req *rq)
{
	return change(a, res, rq);
}

bool_t
kv_txn_1_svc(kv_txn_args *a, kv_write_result *res, struct svc_req *rq)
{
	return change(a, res, rq);
}

static void
fill_stat(kv_stat *out, const struct store_figures *f)
{
	struct kv_stats done;

	kv_stats(&done);
	*out = (kv_stat){
		.revision = f->revision, .compacted = f->compacted,
		.keys = f->keys, .bytes = f->bytes, .used_bytes = f->used,
		.map_bytes = f->map, .durability = store_is_async(kv.store) ?
		    KV_ASYNC : KV_SYNC,
		.clients = f->clients,
		.clients_max = kv.options->limits.kv_clients,
		.floor = f->floor, .mutations = done.mutations,
		.commits = done.commits, .syncs = done.syncs,
		.watches = done.watches,
	};
}

bool_t
kv_stat_1_svc(void *arg, kv_stat *res, struct svc_req *rq)
{
	struct store *s = kv_store(rq);
	struct store_figures f;
	struct store_txn *t;
	int err;

	(void)arg;
	if (s == NULL)
		return FALSE;
	kv_turn_close();
	if (store_read(s, &t) != 0)
		return kv_failed(rq);
	err = store_figures(t, &f);
	store_read_end(t);
	if (err)
		return kv_failed(rq);
	fill_stat(res, &f);
	return TRUE;
}

static void
kv_gauges(void (*show)(const char *name, uint64_t value, void *arg),
    void *arg)
{
	struct kv_stats done;

	kv_stats(&done);
	show("kv_mutations_total", done.mutations, arg);
	show("kv_commits_total", done.commits, arg);
	show("kv_syncs_total", done.syncs, arg);
	show("kv_watches", done.watches, arg);
}

const struct service_hooks kv_service = {
	.start = kv_start,
	.drain = kv_watch_drain,
	.stop = kv_stop,
	.gauges = kv_gauges,
};
