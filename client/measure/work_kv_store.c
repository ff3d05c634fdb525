/*
 * The store under the workloads of KV: filled before the first round of each
 * subject, asked what it has done, and emptied again; see work_kv.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kv_client.h"
#include "measure/work_kv.h"

enum { BATCH_STREAM = 1 << 20, BATCH_DATAGRAM = 32 << 10 };

/* Changes of some keys that go as one transaction. */
struct batch {
	kv_change changes[KV_CHANGES_MAX];
	char keys[KV_CHANGES_MAX][KV_WORK_KEY];
	uint8_t *values;
	unsigned size;		/* most changes of one */
};

static int
batch_init(struct batch *b, const struct work *w, const struct conn *c)
{
	uint32_t bytes = c->link.datagram ? BATCH_DATAGRAM : BATCH_STREAM;

	b->size = bytes / (w->size + KV_WORK_KEY);
	if (b->size < 1)
		b->size = 1;
	if (b->size > KV_CHANGES_MAX)
		b->size = KV_CHANGES_MAX;
	b->values = malloc((size_t)b->size * w->size + 1);
	return b->values == NULL ? -ENOMEM : 0;
}

static void
add_change(struct batch *b, const struct work *w, unsigned n, unsigned i,
    kv_change_kind kind)
{
	uint8_t *value = b->values + (size_t)n * w->size;
	kv_key key = kv_make_key(w, i, b->keys[n]);
	kv_change *c = &b->changes[n];

	c->kind = kind;
	if (kind == KV_CHANGE_DELETE) {
		c->kv_change_u.key = key;
		return;
	}
	kv_make_value(w, i, value);
	c->kv_change_u.put = (kv_change_put){ .key = key,
		.value = { w->size, (char *)value } };
}

static int
send_batch(struct batch *b, struct kv_client *kv, unsigned n,
    struct failure *f)
{
	kv_txn_args args = { .changes = { n, b->changes } };
	kv_write_result res = { 0 };
	int err = kv_client_change(kv, KV_TXN, (xdrproc_t)xdr_kv_txn_args,
	    &args, &args.opid, &res, f);

	if (err == 0 && res.status != KV_OK)
		err = failure_set(f, EXIT_PROTOCOL, "cannot fill the store: "
		    "%s", kv_status_name(res.status));
	return err;
}

/* Puts or deletes all keys: 0, or f's code negated. */
static int
change_all(struct work *w, struct kv_client *kv, kv_change_kind kind,
    struct failure *f)
{
	static struct batch b;
	unsigned keys = kv_work_state(w)->keys;
	int err = 0;

	if (batch_init(&b, w, kv->conn) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	for (unsigned i = 0; i < keys && err == 0; ) {
		unsigned n = 0;

		while (n < b.size && i < keys)
			add_change(&b, w, n++, i++, kind);
		err = send_batch(&b, kv, n, f);
	}
	free(b.values);
	return err;
}

static int
ask_stat(struct kv_client *kv, kv_stat *st, struct failure *f)
{
	memset(st, 0, sizeof(*st));
	return kv_client_ask(kv, KV_STAT, NULL, NULL, (xdrproc_t)xdr_kv_stat,
	    st, f);
}

/* The first subject's store is named in the result; the others' must be
 * alike, or the work is not the same. */
static int
describe(struct work *w, struct kv_client *kv, struct failure *f)
{
	const char *durability, *fs = w->spec.fs ? w->spec.fs : "";
	kv_stat st;
	int err = ask_stat(kv, &st, f);

	if (err)
		return err;
	durability = st.durability == KV_SYNC ? "sync" : "async";
	if (w->durability[0] != '\0' &&
	    strcmp(w->durability, durability) != 0)
		return failure_set(f, EXIT_PROTOCOL, "its store is %s, that of "
		    "the first row %s: not the same work", durability,
		    w->durability);
	snprintf(w->durability, sizeof(w->durability), "%s", durability);
	if (w->store[0] == '\0')
		snprintf(w->store, sizeof(w->store), "KV%s%s, %llu keys",
		    fs[0] ? " on " : "", fs, (unsigned long long)st.keys);
	w->in_memory = strcmp(fs, "tmpfs") == 0 || strcmp(fs, "ramfs") == 0;
	return 0;
}

/* A client of KV on the connection of the round. */
static int
borrow(struct kv_client *kv, struct conn *c, struct failure *f)
{
	if (kv_client_init(kv, NULL, 0) != 0)
		return failure_set(f, EXIT_OS, "no random numbers");
	kv->conn = c;
	return 0;
}

int
kv_begin(struct work *w, struct conn *c, unsigned subject, struct failure *f)
{
	struct kv_writer *me = &kv_work_state(w)->writers[subject];
	struct kv_client kv;
	int err;

	kv_work_state(w)->writer = me;
	if (me->ready)
		return 0;
	err = borrow(&kv, c, f);
	if (err)
		return err;
	err = change_all(w, &kv, KV_CHANGE_PUT, f);
	if (err == 0)
		err = describe(w, &kv, f);
	memcpy(me->id, kv.id, sizeof(me->id));
	me->sequence = kv.sequence;
	me->ready = err == 0;
	kv_client_release(&kv);
	/* Nothing else is wrong with calls of our own making. */
	return err == -EXIT_USAGE ? -EMSGSIZE : err;
}

/* The changes that it has made. */
int
kv_account(struct work *w, struct conn *c, struct ledger *l)
{
	struct failure f = { 0 };
	struct kv_client kv;
	kv_stat st;
	int err = borrow(&kv, c, &f);

	(void)w;
	if (err)
		return -EIO;
	err = ask_stat(&kv, &st, &f);
	kv_client_release(&kv);
	l->counts_changes = err == 0;
	l->changes = st.mutations;
	return err ? -EPROTO : 0;
}

void
kv_clean(struct work *w, struct conn *c)
{
	struct failure f = { 0 };
	struct kv_client kv;

	if (borrow(&kv, c, &f) != 0)
		return;
	change_all(w, &kv, KV_CHANGE_DELETE, &f);
	kv_client_release(&kv);
}
