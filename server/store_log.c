/*
 * The log of changes: what WATCH reads. It has each change after `compacted`,
 * and is kept short. A transaction's changes are put into the tree together:
 *
 *   log  revision of the first (8) -> how many (2), those:
 *        kind (1), bytes of the key (2), key
 *
 * which is a chunk, of at most STORE_CHUNK_MAX bytes. A chunk goes when all of
 * its changes are compacted.
 */
#include <errno.h>

#include "server/store_lmdb.h"

enum {
	DROPS = 2,	/* of old changes for a new one: a log that is longer
			 * than it may be gets shorter */
	COUNT = 2,	/* bytes before the changes of a chunk */
	HEAD = 3,	/* and before the key of a change */
};

_Static_assert(COUNT + HEAD + STORE_KEY_MAX <= STORE_CHUNK_MAX, "a change");

static void
be16_put(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static unsigned
be16_get(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

int
store_log_save(struct store_txn *t)
{
	struct store_chunk *c = &t->store->chunk;
	uint8_t first[8];
	MDB_val k = { sizeof(first), first };
	MDB_val v = { c->len, c->bytes };
	int rc;

	/* What is compacted already was of no use to anybody. */
	if (c->count == 0 || c->first + c->count - 1 <= t->meta.compacted) {
		c->count = 0;
		return 0;
	}
	be64_put(first, c->first);
	be16_put(c->bytes, c->count);
	c->count = 0;
	rc = mdb_put(t->txn, t->store->tree[TREE_CHANGES], &k, &v, MDB_APPEND);
	return rc == MDB_KEYEXIST ? -EIO : store_error(rc);
}

static int
chunk_add(struct store_txn *t, enum store_kind kind, struct span key)
{
	struct store_chunk *c = &t->store->chunk;
	uint8_t *p;
	int err = 0;

	if (c->count > 0 && c->len + HEAD + key.len > STORE_CHUNK_MAX)
		err = store_log_save(t);
	if (err)
		return err;
	if (c->count++ == 0) {
		c->first = t->meta.revision;
		c->len = COUNT;
	}
	p = c->bytes + c->len;
	p[0] = (uint8_t)kind;
	be16_put(p + 1, key.len);
	memcpy(p + HEAD, key.data, key.len);
	c->len += HEAD + key.len;
	return 0;
}

int
store_log_parse(struct span key, struct span value, struct store_log_at *at)
{
	at->left = 0;
	if (key.len != 8 || value.len < COUNT || be16_get(value.data) == 0)
		return -EIO;
	at->revision = be64_get(key.data);
	at->left = be16_get(value.data);
	at->rest = (struct span){ value.data + COUNT, value.len - COUNT };
	return 0;
}

int
store_log_next(struct store_log_at *at, struct store_change *c)
{
	const uint8_t *p = at->rest.data;
	size_t len = at->rest.len < HEAD ? 0 : be16_get(p + 1);

	if (at->left == 0 || len == 0 || len > STORE_KEY_MAX ||
	    at->rest.len < HEAD + len || p[0] > STORE_EXPIRE ||
	    (at->left == 1 && at->rest.len != HEAD + len)) {
		at->left = 0;
		return -EIO;
	}
	*c = (struct store_change){ at->revision, (enum store_kind)p[0],
		{ p + HEAD, len } };
	at->revision++;
	at->left--;
	at->rest.data += HEAD + len;
	at->rest.len -= HEAD + len;
	return 0;
}

static int
parse_at(const MDB_val *k, const MDB_val *v, struct store_log_at *at)
{
	return store_log_parse((struct span){ k->mv_data, k->mv_size },
	    (struct span){ v->mv_data, v->mv_size }, at);
}

/* The last chunk that begins before that revision. */
static int
find_before(struct store_txn *t, struct span key, struct store_log_at *at)
{
	MDB_val k = { key.len, (void *)(uintptr_t)key.data }, v;
	MDB_cursor *c;
	int rc = mdb_cursor_open(t->txn, t->store->tree[TREE_CHANGES], &c);

	if (rc != 0)
		return store_error(rc);
	rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
	if (rc == MDB_NOTFOUND)
		rc = mdb_cursor_get(c, &k, &v, MDB_LAST);
	else if (rc == 0)
		rc = mdb_cursor_get(c, &k, &v, MDB_PREV);
	mdb_cursor_close(c);
	if (rc != 0)
		return store_error(rc);
	return parse_at(&k, &v, at);
}

/* The chunk that has that revision, if any has. A single change is found
 * without a cursor, and so without memory: its watch is to be answered. */
static int
find_chunk(struct store_txn *t, uint64_t revision, struct store_log_at *at)
{
	uint8_t bytes[8];
	struct span key = { bytes, sizeof(bytes) }, value;
	int err;

	be64_put(bytes, revision);
	err = store_tree_get(t, TREE_CHANGES, key, &value);
	if (err == -ENOENT)
		return find_before(t, key, at);
	return err ? err : store_log_parse(key, value, at);
}

int
store_change_at(struct store_txn *t, uint64_t revision,
    struct store_change *c)
{
	struct store_log_at *at = &t->at;
	int err = 0;

	if (at->left == 0 || at->revision > revision ||
	    revision - at->revision >= at->left)
		err = find_chunk(t, revision, at);
	if (err == 0 && (at->revision > revision ||
	    revision - at->revision >= at->left))
		err = -ENOENT;
	do
		err = err ? err : store_log_next(at, c);
	while (err == 0 && c->revision < revision);
	if (err)
		at->left = 0;
	return err;
}

/* Where the first chunk of the tree ends; 0 in an empty tree. */
static int
find_end(struct store_txn *t)
{
	MDB_val k, v;
	MDB_cursor *c;
	struct store_log_at at;
	int rc = mdb_cursor_open(t->txn, t->store->tree[TREE_CHANGES], &c), err;

	if (rc != 0)
		return store_error(rc);
	rc = mdb_cursor_get(c, &k, &v, MDB_FIRST);
	mdb_cursor_close(c);
	if (rc != 0)
		return rc == MDB_NOTFOUND ? 0 : store_error(rc);
	err = parse_at(&k, &v, &at);
	if (err == 0) {
		t->log_first = at.revision;
		t->log_end = at.revision + at.left - 1;
	}
	return err;
}

int
store_log_drop(struct store_txn *t)
{
	uint8_t first[8];
	int err = t->log_end == 0 ? find_end(t) : 0;

	t->meta.compacted++;
	t->changed = true;
	if (err != 0 || t->log_end == 0 || t->log_end > t->meta.compacted)
		return err;
	be64_put(first, t->log_first);
	t->log_end = 0;
	err = store_tree_del(t, TREE_CHANGES, (struct span){ first,
	    sizeof(first) });
	return err == -ENOENT ? -EIO : err;
}

int
store_log(struct store_txn *t, enum store_kind kind, struct span key)
{
	int err;

	t->meta.revision++;
	t->changed = true;
	err = chunk_add(t, kind, key);
	for (int i = 0; err == 0 && i < DROPS && t->meta.revision -
	    t->meta.compacted > t->store->changes_max; i++)
		err = store_log_drop(t);
	return err;
}
