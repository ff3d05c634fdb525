/*
 * Keys in order, over all levels (store_key.h): one cursor, which goes down
 * where a chunk leads to a node, and back up behind it when the node ends.
 */
#include <errno.h>
#include <stdlib.h>

#include "server/store_key.h"

struct store_iter {
	struct store_txn *txn;
	MDB_cursor *cursor;
	MDB_val level, value;	/* what the cursor stands at */
	int rc;			/* of the last move */
	int depth;
	uint64_t node[STORE_LEVELS];
	uint8_t key[STORE_LEVELS * STORE_CHUNK];	/* chunks above, and
							 * one of a long key */
};

static struct span
here(const struct store_iter *it)
{
	return (struct span){ it->level.mv_data, it->level.mv_size };
}

static void
move(struct store_iter *it, MDB_cursor_op op)
{
	it->rc = mdb_cursor_get(it->cursor, &it->level, &it->value, op);
}

/* To the first level that is not below l. */
static void
seek(struct store_iter *it, struct store_level *l)
{
	it->level = (MDB_val){ l->len, l->bytes };
	move(it, MDB_SET_RANGE);
}

static bool
in_node(const struct store_iter *it)
{
	return it->rc == 0 && it->level.mv_size > 8 &&
	    be64_get(it->level.mv_data) == it->node[it->depth];
}

/* Into the node to which the level here leads: 0, or -EIO. */
static int
enter(struct store_iter *it)
{
	struct span chunk = store_level_chunk(here(it));

	if (it->value.mv_size != 8 || it->depth + 1 == STORE_LEVELS)
		return -EIO;
	memcpy(it->key + (size_t)it->depth * STORE_CHUNK, chunk.data,
	    STORE_CHUNK);
	it->node[++it->depth] = be64_get(it->value.mv_data);
	return 0;
}

/* Behind the link to the node that has ended. */
static void
leave(struct store_iter *it)
{
	struct store_level l;

	it->depth--;
	store_level_fill(&l, it->node[it->depth], (struct span){ it->key +
	    (size_t)it->depth * STORE_CHUNK, STORE_CHUNK }, true);
	seek(it, &l);
	if (it->rc == 0)
		move(it, MDB_NEXT);
}

/* From wherever it stands to the next record: 1, 0 at the end, -errno. */
static int
settle(struct store_iter *it)
{
	struct store_level l;

	for (;;) {
		if (it->rc != 0 && it->rc != MDB_NOTFOUND)
			return store_error(it->rc);
		if (!in_node(it)) {
			if (it->depth == 0)
				return 0;
			leave(it);
			continue;
		}
		if (!store_level_is_link(here(it)))
			return 1;
		if (enter(it) != 0)
			return -EIO;
		store_level_fill(&l, it->node[it->depth],
		    (struct span){ NULL, 0 }, false);
		seek(it, &l);
	}
}

/* To the first level that is not below start, in whichever node. */
static void
descend(struct store_iter *it, struct span start)
{
	struct store_level l;

	for (;;) {
		bool more = start.len > STORE_CHUNK;

		store_level_fill(&l, it->node[it->depth],
		    (struct span){ start.data, more ? STORE_CHUNK :
		    start.len }, more);
		seek(it, &l);
		/* Where the way goes on, a link is here: the same bytes. */
		if (!more || it->rc != 0 || it->level.mv_size != l.len ||
		    memcmp(it->level.mv_data, l.bytes, l.len) != 0 ||
		    enter(it) != 0)
			return;
		start.data += STORE_CHUNK;
		start.len -= STORE_CHUNK;
	}
}

struct store_iter *
store_iter_new(struct store_txn *t, struct span start)
{
	struct store_iter *it = malloc(sizeof(*it));

	if (it == NULL)
		return NULL;
	it->txn = t;
	it->depth = 0;
	it->node[0] = 0;
	if (mdb_cursor_open(t->txn, t->store->tree[TREE_DATA],
	    &it->cursor) != 0) {
		free(it);
		return NULL;
	}
	descend(it, start);
	return it;
}

void
store_iter_free(struct store_iter *it)
{
	if (it == NULL)
		return;
	mdb_cursor_close(it->cursor);
	free(it);
}

/* The key here: in the map where it is one chunk, else put together. */
static void
assemble(struct store_iter *it, struct span *key, bool *lasts)
{
	struct span chunk = store_level_chunk(here(it));
	size_t above = (size_t)it->depth * STORE_CHUNK;

	*lasts = it->depth == 0;
	*key = chunk;
	if (*lasts)
		return;
	memcpy(it->key + above, chunk.data, chunk.len);
	*key = (struct span){ it->key, above + chunk.len };
}

int
store_iter_next(struct store_iter *it, struct span *key, bool *lasts,
    struct store_entry *e, int *gone)
{
	int r = settle(it);

	if (r != 1)
		return r;
	assemble(it, key, lasts);
	*gone = store_record_parse(it->txn->store, (struct span){
	    it->value.mv_data, it->value.mv_size }, e);
	if (*gone != 0 && *gone != -ENOENT)
		return *gone;
	/* What was told stays where it is: the map does not move. */
	move(it, MDB_NEXT);
	return 1;
}
