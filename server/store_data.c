/*
 * Keys of a store, one at a time: reading, setting, removing, expiring.
 */
#include <errno.h>
#include <stdlib.h>

#include "server/store_key.h"

enum {
	EXPIRY = 16,	/* bytes of a key of the tree `expiry` */
	SMALL = 1024,	/* bytes of a value that is rather copied */
};

/* A record, as it stands in the tree. */
struct record {
	uint64_t revision, expires;
	struct span value;
};

static int
parse(struct span bytes, struct record *r)
{
	if (bytes.len < STORE_RECORD)
		return -EIO;
	r->revision = be64_get(bytes.data);
	r->expires = be64_get(bytes.data + 8);
	r->value = (struct span){ bytes.data + STORE_RECORD,
		bytes.len - STORE_RECORD };
	return 0;
}

int
store_record_parse(const struct store *s, struct span bytes,
    struct store_entry *e)
{
	struct record r;
	uint64_t now;
	int err = parse(bytes, &r);

	if (err)
		return err;
	e->revision = r.revision;
	e->value = r.value;
	e->ttl_ms = 0;
	if (r.expires == 0)
		return 0;
	now = store_clock(s);
	if (r.expires <= now)
		return -ENOENT;
	e->ttl_ms = r.expires - now;
	return 0;
}

static struct span
place_span(const struct store_place *p)
{
	return (struct span){ p->level[p->depth].bytes,
		p->level[p->depth].len };
}

int
store_get(struct store_txn *t, struct span key, struct store_entry *e)
{
	struct store_place p;
	struct span bytes;
	int err = store_place_find(t, key, false, &p);

	if (err == 0)
		err = store_tree_get(t, TREE_DATA, place_span(&p), &bytes);
	return err ? err : store_record_parse(t->store, bytes, e);
}

static void
expiry_key(uint8_t out[EXPIRY], uint64_t expires, uint64_t revision)
{
	be64_put(out, expires);
	be64_put(out + 8, revision);
}

static int
expiry_del(struct store_txn *t, const struct record *r)
{
	uint8_t key[EXPIRY];
	int err;

	if (r->expires == 0)
		return 0;
	expiry_key(key, r->expires, r->revision);
	err = store_tree_del(t, TREE_EXPIRY, (struct span){ key, EXPIRY });
	return err == -ENOENT ? -EIO : err;
}

/* What was there is about to go: its part of the figures, its expiry. */
static int
forget(struct store_txn *t, struct span key, const struct record *r)
{
	t->meta.keys--;
	t->meta.bytes -= key.len + r->value.len;
	return expiry_del(t, r);
}

/* The record at p is on the way out: 0, -ENOENT when there is none. */
static int
forget_old(struct store_txn *t, struct span key, const struct store_place *p)
{
	struct span bytes;
	struct record old;
	int err = store_tree_get(t, TREE_DATA, place_span(p), &bytes);

	if (err == 0)
		err = parse(bytes, &old);
	return err ? err : forget(t, key, &old);
}

static void
fill_record(uint8_t *bytes, const struct record *r)
{
	be64_put(bytes, r->revision);
	be64_put(bytes + 8, r->expires);
	if (r->value.len > 0)
		memcpy(bytes + STORE_RECORD, r->value.data, r->value.len);
}

/*
 * Writes where the cursor stands; over the record that is there, or a new one.
 * A small value is copied twice, which is less than to look for its key again:
 * LMDB does that when it is to reserve the room.
 */
static int
write_record(struct store_txn *t, const struct store_place *p,
    const struct record *r, bool over)
{
	struct span level = place_span(p);
	uint8_t bytes[STORE_RECORD + SMALL];
	MDB_val k = { level.len, (void *)(uintptr_t)level.data };
	MDB_val v = { STORE_RECORD + r->value.len, bytes };
	int rc;

	if (over && r->value.len <= SMALL) {
		fill_record(bytes, r);
		return store_error(mdb_cursor_put(t->data, &k, &v,
		    MDB_CURRENT));
	}
	rc = mdb_cursor_put(t->data, &k, &v, MDB_RESERVE);
	if (rc == 0)
		fill_record(v.mv_data, r);
	return store_error(rc);
}

static int
expiry_add(struct store_txn *t, struct span key, const struct record *r)
{
	uint8_t when[EXPIRY];

	if (r->expires == 0)
		return 0;
	expiry_key(when, r->expires, r->revision);
	return store_tree_put(t, TREE_EXPIRY, (struct span){ when, EXPIRY },
	    key, 0);
}

static uint64_t
expires_at(const struct store *s, uint64_t ttl_ms)
{
	uint64_t now;

	if (ttl_ms == 0)
		return 0;
	now = store_clock(s);
	return ttl_ms > UINT64_MAX - now ? UINT64_MAX : now + ttl_ms;
}

/* To the record at p, which is about to be replaced: as forget_old(). */
static int
seek_old(struct store_txn *t, struct span key, const struct store_place *p)
{
	struct span level = place_span(p);
	MDB_val k = { level.len, (void *)(uintptr_t)level.data }, v;
	struct record old;
	int err = 0;

	if (t->data == NULL)
		err = store_error(mdb_cursor_open(t->txn,
		    t->store->tree[TREE_DATA], &t->data));
	if (err == 0)
		err = store_error(mdb_cursor_get(t->data, &k, &v, MDB_SET));
	if (err == 0)
		err = parse((struct span){ v.mv_data, v.mv_size }, &old);
	return err ? err : forget(t, key, &old);
}

int
store_put(struct store_txn *t, struct span key, struct span value,
    uint64_t ttl_ms)
{
	struct store_place p;
	struct record r = { .value = value };
	bool over;
	int err = store_place_find(t, key, true, &p);

	if (err == 0)
		err = seek_old(t, key, &p);
	over = err == 0;
	if (err != 0 && err != -ENOENT)
		return err;
	err = store_log(t, STORE_PUT, key);
	r.revision = t->meta.revision;
	r.expires = expires_at(t->store, ttl_ms);
	if (err == 0)
		err = write_record(t, &p, &r, over);
	t->meta.keys++;
	t->meta.bytes += key.len + value.len;
	return err ? err : expiry_add(t, key, &r);
}

static int
remove_key(struct store_txn *t, struct span key, enum store_kind kind)
{
	struct store_place p;
	int err = store_place_find(t, key, false, &p);

	if (err == 0)
		err = forget_old(t, key, &p);
	if (err == 0)
		err = store_tree_del(t, TREE_DATA, place_span(&p));
	if (err == 0)
		err = store_place_prune(t, &p);
	return err ? err : store_log(t, kind, key);
}

int
store_delete(struct store_txn *t, struct span key)
{
	struct store_entry e;
	int err = store_get(t, key, &e);

	/* Without a record, or with one whose time is over: not there. */
	return err ? err : remove_key(t, key, STORE_DELETE);
}

/* The first to expire: 0 with its time and a copy of its key, -ENOENT. */
static int
first_expiry(struct store_txn *t, uint64_t *expires, uint8_t *key,
    size_t *len)
{
	MDB_cursor *c;
	MDB_val k, v;
	int rc = mdb_cursor_open(t->txn, t->store->tree[TREE_EXPIRY], &c);

	if (rc != 0)
		return store_error(rc);
	rc = mdb_cursor_get(c, &k, &v, MDB_FIRST);
	mdb_cursor_close(c);
	if (rc != 0)
		return store_error(rc);
	if (k.mv_size != EXPIRY || v.mv_size == 0 ||
	    v.mv_size > STORE_KEY_MAX)
		return -EIO;
	*expires = be64_get(k.mv_data);
	memcpy(key, v.mv_data, v.mv_size);
	*len = v.mv_size;
	return 0;
}

int
store_expire(struct store_txn *t, int n)
{
	uint8_t bytes[STORE_KEY_MAX];
	struct span key = { bytes, 0 };
	uint64_t expires, now = store_clock(t->store);

	for (int i = 0; i < n; i++) {
		int err = first_expiry(t, &expires, bytes, &key.len);

		if (err == -ENOENT || (err == 0 && expires > now) ||
		    (err == 0 && !store_may_shrink(t, 1)))
			return i;
		if (err == 0)
			err = remove_key(t, key, STORE_EXPIRE);
		if (err)
			return err == -ENOENT ? -EIO : err;
	}
	return n;
}

int
store_next_expiry(struct store_txn *t, uint64_t *ms)
{
	uint8_t key[STORE_KEY_MAX];
	size_t len;
	uint64_t expires, now = store_clock(t->store);
	int err = first_expiry(t, &expires, key, &len);

	*ms = UINT64_MAX;
	if (err == 0)
		*ms = expires > now ? expires - now : 0;
	return err == -ENOENT ? 0 : err;
}
