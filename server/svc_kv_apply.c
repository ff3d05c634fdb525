/*
 * One call of PUT, DELETE, CAS or TXN within a transaction of the store: was
 * it run before, do its conditions hold, is there room, its changes, and its
 * answer kept under its opid. Called by the writer (svc_kv_write.c) alone.
 */
#include <errno.h>

#include "crc32c.h"
#include "server/svc_kv.h"

/* Bytes of a kv_opid in XDR, with which the arguments of all four begin. */
enum { OPID_XDR = KV_CLIENT_SIZE + 8 + 8 };

static void
plan_put(struct kv_plan *p, const void *args)
{
	const kv_put_args *a = args;

	p->opid = &a->opid;
	p->change.kv_change_u.put = (kv_change_put){ a->key, a->value,
		a->ttl_ms };
	p->nchanges = 1;
}

static void
plan_delete(struct kv_plan *p, const void *args)
{
	const kv_delete_args *a = args;

	p->opid = &a->opid;
	p->change.kind = KV_CHANGE_DELETE;
	p->change.kv_change_u.key = a->key;
	p->nchanges = 1;
	p->must_exist = true;
}

static void
plan_cas(struct kv_plan *p, const void *args)
{
	const kv_cas_args *a = args;

	p->opid = &a->opid;
	p->condition = (kv_condition){ KV_IF_REVISION, a->key, a->revision };
	p->change.kv_change_u.put = (kv_change_put){ a->key, a->value,
		a->ttl_ms };
	p->nconditions = p->nchanges = 1;
}

static void
plan_txn(struct kv_plan *p, const void *args)
{
	const kv_txn_args *a = args;

	p->opid = &a->opid;
	p->conditions = a->conditions.conditions_val;
	p->nconditions = a->conditions.conditions_len;
	p->changes = a->changes.changes_val;
	p->nchanges = a->changes.changes_len;
}

static void (*const plans[])(struct kv_plan *, const void *) = {
	[KV_PUT] = plan_put, [KV_DELETE] = plan_delete, [KV_CAS] = plan_cas,
	[KV_TXN] = plan_txn,
};

void
kv_plan(struct kv_plan *p, uint32_t proc, const void *args)
{
	*p = (struct kv_plan){ .change.kind = KV_CHANGE_PUT };
	p->conditions = &p->condition;
	p->changes = &p->change;
	plans[proc](p, args);
}

static struct span
key_of(const kv_change *c)
{
	return c->kind == KV_CHANGE_PUT ? KV_SPAN(c->kv_change_u.put.key,
	    kv_key) : KV_SPAN(c->kv_change_u.key, kv_key);
}

/* 0 when all hold; 1 with the first that does not in *r; -errno. */
static int
check_conditions(struct store_txn *t, const struct kv_plan *p,
    kv_write_result *r)
{
	for (unsigned i = 0; i < p->nconditions; i++) {
		const kv_condition *c = &p->conditions[i];
		struct store_entry e = { .revision = 0 };
		int err = store_get(t, KV_SPAN(c->key, kv_key), &e);
		uint64_t revision = err == 0 ? e.revision : 0;

		if (err && err != -ENOENT)
			return err;
		if (c->kind == KV_IF_EXISTS ? revision != 0 :
		    revision == c->revision)
			continue;
		r->status = KV_CONFLICT;
		r->kv_write_result_u.conflict = (kv_conflict){ i, revision };
		return 1;
	}
	return 0;
}

/* As check_conditions(), for DELETE's own. */
static int
check_exists(struct store_txn *t, const struct kv_plan *p,
    kv_write_result *r)
{
	struct store_entry e;
	int err;

	if (!p->must_exist)
		return 0;
	err = store_get(t, key_of(p->changes), &e);
	if (err != -ENOENT)
		return err;
	r->status = KV_NOT_FOUND;
	return 1;
}

/* Is there room in this transaction? */
static bool
has_room(struct store_txn *t, const struct kv_plan *p)
{
	size_t bytes = 0;
	bool grows = false;

	for (unsigned i = 0; i < p->nchanges; i++) {
		const kv_change *c = &p->changes[i];

		if (c->kind != KV_CHANGE_PUT)
			continue;
		grows = true;
		bytes += c->kv_change_u.put.key.kv_key_len +
		    c->kv_change_u.put.value.kv_value_len;
	}
	/* One more for the answer and its client. */
	return grows ? store_may_grow(t, bytes, p->nchanges + 1) :
	    store_may_shrink(t, p->nchanges + 1);
}

static int
make_change(struct store_txn *t, const kv_change *c)
{
	const kv_change_put *put = &c->kv_change_u.put;
	int err;

	if (c->kind == KV_CHANGE_PUT)
		return store_put(t, KV_SPAN(put->key, kv_key),
		    KV_SPAN(put->value, kv_value), put->ttl_ms);
	err = store_delete(t, KV_SPAN(c->kv_change_u.key, kv_key));
	return err == -ENOENT ? 0 : err;
}

static int
make_changes(struct store_txn *t, const struct kv_plan *p,
    kv_write_result *r, bool *changed)
{
	kv_done *done = &r->kv_write_result_u.done;
	uint64_t before, after;
	int err = store_revision(t, &before);

	for (unsigned i = 0; err == 0 && i < p->nchanges; i++)
		err = make_change(t, &p->changes[i]);
	if (err == 0)
		err = store_revision(t, &after);
	if (err)
		return err;
	*changed = after != before;
	r->status = KV_OK;
	done->first = *changed ? before + 1 : after;
	done->revision = after;
	return 0;
}

static int
run(struct store_txn *t, const struct kv_plan *p, kv_write_result *r,
    bool *changed)
{
	int err = check_conditions(t, p, r);

	if (err == 0)
		err = check_exists(t, p, r);
	if (err < 0)
		return err;
	if (err == 1)
		return store_may_shrink(t, 1) ? 0 : -EAGAIN;
	return has_room(t, p) ? make_changes(t, p, r, changed) : -EAGAIN;
}

static void
answer_of(struct store_answer *a, const kv_write_result *r)
{
	a->status = r->status;
	if (r->status == KV_OK) {
		a->first = r->kv_write_result_u.done.first;
		a->revision = r->kv_write_result_u.done.revision;
	} else if (r->status == KV_CONFLICT) {
		a->index = r->kv_write_result_u.conflict.index;
		a->revision = r->kv_write_result_u.conflict.revision;
	}
}

static void
answer_again(kv_write_result *r, const struct store_answer *a,
    uint32_t digest)
{
	r->status = (kv_status)a->status;
	if (a->digest != digest)
		r->status = KV_OPID_REUSED;
	else if (r->status == KV_OK)
		r->kv_write_result_u.done = (kv_done){ a->first,
			a->revision };
	else if (r->status == KV_CONFLICT)
		r->kv_write_result_u.conflict = (kv_conflict){ a->index,
			a->revision };
}

/* A call that is to be remembered. */
static int
run_once(struct store_txn *t, const struct kv_plan *p, kv_write_result *r,
    bool *changed, uint32_t digest)
{
	struct store_opid id = { (const uint8_t *)p->opid->client,
		p->opid->sequence, p->opid->done };
	struct store_answer a = { .digest = digest };
	uint64_t floor;
	int err = store_opid_find(t, &id, &a, &floor);

	if (err == OPID_AGAIN)
		answer_again(r, &a, digest);
	if (err == OPID_STALE) {
		r->status = KV_STALE;
		r->kv_write_result_u.floor = floor;
	}
	if (err != OPID_NEW)
		return err < 0 ? err : 0;
	err = run(t, p, r, changed);
	if (err != 0 || (!*changed && store_is_full(t)))
		return err;
	answer_of(&a, r);
	return store_opid_keep(t, &id, &a);
}

static uint32_t
digest_of(const struct call *c)
{
	uint32_t proc = (uint32_t)c->rq.rq_proc;

	return crc32c(proc, c->body + OPID_XDR, c->body_len - OPID_XDR);
}

int
kv_apply(struct store_txn *t, struct call *c, bool *changed)
{
	kv_write_result *r = call_result(c);
	struct kv_plan p;

	*changed = false;
	/* What it is when there is no room. */
	*r = (kv_write_result){ .status = KV_NOSPACE };
	kv_plan(&p, (uint32_t)c->rq.rq_proc, c->args);
	if (p.opid->sequence == 0)
		return run(t, &p, r, changed);
	return run_once(t, &p, r, changed, digest_of(c));
}
