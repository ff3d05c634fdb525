/*
 * The log of changes, by revision: what WATCH reads. It has a record for each
 * revision after `compacted`, and is kept short.
 */
#include <errno.h>

#include "server/store_lmdb.h"

enum { DROPS = 2 };	/* of old changes for a new one: a log that is longer
			 * than it may be gets shorter */

int
store_log_drop(struct store_txn *t)
{
	uint8_t old[8];
	int err;

	be64_put(old, ++t->meta.compacted);
	t->changed = true;
	err = store_tree_del(t, TREE_CHANGES,
	    (struct span){ old, sizeof(old) });
	return err == -ENOENT ? -EIO : err;
}

int
store_log(struct store_txn *t, enum store_kind kind, struct span key)
{
	uint8_t revision[8];
	MDB_val k = { sizeof(revision), revision };
	MDB_val v = { 1 + key.len, NULL };
	int rc, err = 0;

	be64_put(revision, ++t->meta.revision);
	t->changed = true;
	rc = mdb_put(t->txn, t->store->tree[TREE_CHANGES], &k, &v,
	    MDB_APPEND | MDB_RESERVE);
	if (rc != 0)
		return rc == MDB_KEYEXIST ? -EIO : store_error(rc);
	*(uint8_t *)v.mv_data = (uint8_t)kind;
	memcpy((uint8_t *)v.mv_data + 1, key.data, key.len);
	for (int i = 0; err == 0 && i < DROPS && t->meta.revision -
	    t->meta.compacted > t->store->changes_max; i++)
		err = store_log_drop(t);
	return err;
}

int
store_change_at(struct store_txn *t, uint64_t revision,
    struct store_change *c)
{
	uint8_t key[8];
	struct span value;
	int err;

	be64_put(key, revision);
	err = store_tree_get(t, TREE_CHANGES, (struct span){ key,
	    sizeof(key) }, &value);
	if (err)
		return err;
	if (value.len < 2 || value.data[0] > STORE_EXPIRE)
		return -EIO;
	c->revision = revision;
	c->kind = (enum store_kind)value.data[0];
	c->key = (struct span){ value.data + 1, value.len - 1 };
	return 0;
}
