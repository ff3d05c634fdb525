/*
 * From keys to the levels that LMDB holds: see store_key.h.
 */
#include "server/store_key.h"

#include <errno.h>

void
store_level_fill(struct store_level *l, uint64_t node, struct span chunk,
    bool link)
{
	be64_put(l->bytes, node);
	if (chunk.len > 0)
		memcpy(l->bytes + 8, chunk.data, chunk.len);
	l->len = 8 + chunk.len;
	if (chunk.len == STORE_CHUNK)
		l->bytes[l->len++] = link;
}

bool
store_level_is_link(struct span level)
{
	return level.len == STORE_LEVEL_MAX &&
	    level.data[STORE_LEVEL_MAX - 1] == 1;
}

struct span
store_level_chunk(struct span level)
{
	size_t n = level.len - 8;

	return (struct span){ level.data + 8,
		n > STORE_CHUNK ? STORE_CHUNK : n };
}

static struct span
level_span(const struct store_level *l)
{
	return (struct span){ l->bytes, l->len };
}

static int
make_node(struct store_txn *t, const struct store_level *l, uint64_t *node)
{
	uint8_t number[8];

	*node = ++t->meta.nodes;
	t->changed = true;
	be64_put(number, *node);
	return store_tree_put(t, TREE_DATA, level_span(l),
	    (struct span){ number, sizeof(number) }, 0);
}

/* The node to which a link leads. */
static int
follow(struct store_txn *t, const struct store_level *l, bool make,
    uint64_t *node)
{
	struct span number;
	int err = store_tree_get(t, TREE_DATA, level_span(l), &number);

	if (err == -ENOENT && make)
		return make_node(t, l, node);
	if (err)
		return err;
	if (number.len != 8)
		return -EIO;
	*node = be64_get(number.data);
	return 0;
}

int
store_place_find(struct store_txn *t, struct span key, bool make,
    struct store_place *p)
{
	uint64_t node = 0;

	for (p->depth = 0; key.len > STORE_CHUNK; p->depth++) {
		struct store_level *l = &p->level[p->depth];
		int err;

		store_level_fill(l, node, (struct span){ key.data,
		    STORE_CHUNK }, true);
		err = follow(t, l, make, &node);
		if (err)
			return err;
		key.data += STORE_CHUNK;
		key.len -= STORE_CHUNK;
	}
	store_level_fill(&p->level[p->depth], node, key, false);
	return 0;
}

/* 1 when a node holds nothing, else 0, or -errno. */
static int
is_empty(struct store_txn *t, const struct store_level *l)
{
	MDB_cursor *c;
	MDB_val key = { 8, (void *)(uintptr_t)l->bytes }, value;
	int rc = mdb_cursor_open(t->txn, t->store->tree[TREE_DATA], &c);

	if (rc != 0)
		return store_error(rc);
	rc = mdb_cursor_get(c, &key, &value, MDB_SET_RANGE);
	mdb_cursor_close(c);
	if (rc != 0)
		return rc == MDB_NOTFOUND ? 1 : store_error(rc);
	return memcmp(key.mv_data, l->bytes, 8) != 0;
}

int
store_place_prune(struct store_txn *t, struct store_place *p)
{
	for (; p->depth > 0; p->depth--) {
		int r = is_empty(t, &p->level[p->depth]);

		if (r == 1)
			r = store_tree_del(t, TREE_DATA,
			    level_span(&p->level[p->depth - 1]));
		else
			return r;
		if (r != 0)
			return r;
	}
	return 0;
}
