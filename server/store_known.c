/*
 * Clients and blocks of their answers while a transaction changes them: see
 * store_opid.h. Each is read from its tree once and written back once before
 * the commit, however many calls of a client the transaction has.
 *
 *   answers  client (16), block (8) -> which are there (4), those (28 each):
 *            status (4), index (4), first (8), revision (8), digest (4)
 *   clients  client (16) -> floor (8), highest (8), kept (8), ticket (8)
 *
 * Clients have places, by their ids; who comes to a place that is taken has the
 * one before written. What an earlier transaction left has another number of
 * use: nothing.
 */
#include <errno.h>
#include <stdlib.h>

#include "be.h"
#include "server/store_opid.h"

enum { PLACES = 64 };

struct store_known *
store_known_new(void)
{
	return calloc(PLACES, sizeof(struct store_known));
}

void
store_known_begin(struct store *s)
{
	s->known_use++;
}

int
store_client_parse(struct span bytes, struct store_client *c)
{
	if (bytes.len != STORE_CLIENT_BYTES)
		return -EIO;
	c->floor = be64_get(bytes.data);
	c->highest = be64_get(bytes.data + 8);
	c->kept = be64_get(bytes.data + 16);
	c->ticket = be64_get(bytes.data + 24);
	return 0;
}

static int
client_put(struct store_txn *t, const struct store_known *k)
{
	uint8_t bytes[STORE_CLIENT_BYTES];

	be64_put(bytes, k->c.floor);
	be64_put(bytes + 8, k->c.highest);
	be64_put(bytes + 16, k->c.kept);
	be64_put(bytes + 24, k->c.ticket);
	return store_tree_put(t, TREE_CLIENTS, (struct span){ k->id,
	    STORE_CLIENT }, (struct span){ bytes, sizeof(bytes) }, 0);
}

int
store_answer_parse(struct span bytes, struct store_answer *a)
{
	if (bytes.len != STORE_ANSWER_BYTES)
		return -EIO;
	a->status = be32_get(bytes.data);
	a->index = be32_get(bytes.data + 4);
	a->first = be64_get(bytes.data + 8);
	a->revision = be64_get(bytes.data + 16);
	a->digest = be32_get(bytes.data + 24);
	return 0;
}

void
store_answer_fill(uint8_t bytes[STORE_ANSWER_BYTES],
    const struct store_answer *a)
{
	be32_put(bytes, a->status);
	be32_put(bytes + 4, a->index);
	be64_put(bytes + 8, a->first);
	be64_put(bytes + 16, a->revision);
	be32_put(bytes + 24, a->digest);
}

int
store_block_parse(struct span bytes, struct store_block *b)
{
	const uint8_t *p = bytes.data + 4;

	b->there = bytes.len < 4 ? 0 : be32_get(bytes.data);
	if (b->there == 0 || bytes.len != 4 +
	    (size_t)__builtin_popcount(b->there) * STORE_ANSWER_BYTES)
		return -EIO;
	for (unsigned i = 0; i < STORE_ANSWERS; i++)
		if (b->there >> i & 1) {
			memcpy(b->answers[i], p, STORE_ANSWER_BYTES);
			p += STORE_ANSWER_BYTES;
		}
	return 0;
}

static size_t
block_fill(uint8_t bytes[STORE_BLOCK_MAX], const struct store_block *b)
{
	uint8_t *p = bytes + 4;

	be32_put(bytes, b->there);
	for (unsigned i = 0; i < STORE_ANSWERS; i++)
		if (b->there >> i & 1) {
			memcpy(p, b->answers[i], STORE_ANSWER_BYTES);
			p += STORE_ANSWER_BYTES;
		}
	return (size_t)(p - bytes);
}

static struct span
block_key(uint8_t key[STORE_BLOCK_KEY], const struct store_known *k,
    uint64_t number)
{
	memcpy(key, k->id, STORE_CLIENT);
	be64_put(key + STORE_CLIENT, number);
	return (struct span){ key, STORE_BLOCK_KEY };
}

static int
block_save(struct store_txn *t, const struct store_known *k,
    struct store_block *b)
{
	uint8_t bytes[STORE_BLOCK_MAX], number[STORE_BLOCK_KEY];
	struct span key = block_key(number, k, b->number);
	int err = 0;

	if (!b->loaded || !b->changed)
		return 0;
	if (b->there != 0)
		err = store_tree_put(t, TREE_ANSWERS, key, (struct span){ bytes,
		    block_fill(bytes, b) }, 0);
	else if (b->stored)
		err = store_tree_del(t, TREE_ANSWERS, key);
	b->stored = b->there != 0;
	b->changed = false;
	return err;
}

static int
blocks_save(struct store_txn *t, struct store_known *k)
{
	int err = 0;

	for (unsigned i = 0; err == 0 && i < STORE_BLOCKS; i++)
		err = block_save(t, k, &k->blocks[i]);
	return err;
}

static int
known_save(struct store_txn *t, struct store_known *k)
{
	int err = blocks_save(t, k);

	if (err || !k->changed)
		return err;
	k->changed = false;
	return client_put(t, k);
}

int
store_known_save(struct store_txn *t)
{
	struct store *s = t->store;
	int err = 0;

	for (unsigned i = 0; err == 0 && i < PLACES; i++)
		if (s->known[i].use == s->known_use)
			err = known_save(t, &s->known[i]);
	return err;
}

/* What is known of a client; of an unknown one, the floor of all those. */
static int
known_load(struct store_txn *t, const uint8_t *id, struct store_known *k)
{
	struct span bytes;
	int err = store_tree_get(t, TREE_CLIENTS, (struct span){ id,
	    STORE_CLIENT }, &bytes);

	if (err == 0)
		err = store_client_parse(bytes, &k->c);
	if (err != 0 && err != -ENOENT)
		return err;
	k->there = err == 0;
	if (!k->there)
		k->c = (struct store_client){ .floor = t->meta.floor,
			.highest = t->meta.floor };
	memcpy(k->id, id, STORE_CLIENT);
	k->changed = false;
	for (unsigned i = 0; i < STORE_BLOCKS; i++)
		k->blocks[i].loaded = false;
	k->use = t->store->known_use;
	return 0;
}

/* Ids are random, but who makes them up may choose. */
static struct store_known *
place_of(const struct store *s, const uint8_t *id)
{
	uint32_t word[STORE_CLIENT / 4];

	memcpy(word, id, sizeof(word));
	return &s->known[(word[0] ^ word[1] ^ word[2] ^ word[3]) *
	    UINT32_C(2654435761) >> 26];
}

_Static_assert(PLACES == 1 << (32 - 26), "places");

int
store_known_get(struct store_txn *t, const uint8_t *id,
    struct store_known **out)
{
	struct store_known *k = place_of(t->store, id);
	int err = 0;

	*out = k;
	if (k->use == t->store->known_use) {
		if (memcmp(k->id, id, STORE_CLIENT) == 0)
			return 0;
		err = known_save(t, k);
	}
	k->use = 0;
	return err ? err : known_load(t, id, k);
}

static int
block_load(struct store_txn *t, const struct store_known *k, uint64_t number,
    struct store_block *b)
{
	uint8_t key[STORE_BLOCK_KEY];
	struct span bytes;
	int err = k->there ? store_tree_get(t, TREE_ANSWERS,
	    block_key(key, k, number), &bytes) : -ENOENT;

	b->there = 0;
	b->stored = err == 0;
	if (err == 0)
		err = store_block_parse(bytes, b);
	if (err != 0 && err != -ENOENT)
		return err;
	b->number = number;
	b->changed = false;
	b->loaded = true;
	return 0;
}

int
store_known_block(struct store_txn *t, struct store_known *k,
    uint64_t sequence, struct store_block **out)
{
	uint64_t number = sequence / STORE_ANSWERS;
	struct store_block *b = &k->blocks[number % STORE_BLOCKS];
	int err;

	*out = b;
	if (b->loaded && b->number == number)
		return 0;
	err = block_save(t, k, b);
	b->loaded = false;
	return err ? err : block_load(t, k, number, b);
}

int
store_known_lowest(struct store_txn *t, struct store_known *k, uint64_t from,
    uint64_t *sequence)
{
	uint8_t first[STORE_BLOCK_KEY];
	struct span key = block_key(first, k, from / STORE_ANSWERS);
	MDB_val at = { key.len, (void *)(uintptr_t)key.data }, v;
	MDB_cursor *c;
	int err = blocks_save(t, k);

	if (err == 0)
		err = store_error(mdb_cursor_open(t->txn,
		    t->store->tree[TREE_ANSWERS], &c));
	if (err)
		return err;
	err = store_error(mdb_cursor_get(c, &at, &v, MDB_SET_RANGE));
	mdb_cursor_close(c);
	if (err)
		return err;
	if (at.mv_size != STORE_BLOCK_KEY)
		return -EIO;
	if (memcmp(at.mv_data, k->id, STORE_CLIENT) != 0)
		return -ENOENT;
	*sequence = be64_get((uint8_t *)at.mv_data + STORE_CLIENT) *
	    STORE_ANSWERS;
	return 0;
}

int
store_known_remove(struct store_txn *t, const uint8_t *id)
{
	struct store_known *k;
	uint8_t number[STORE_BLOCK_KEY];
	uint64_t sequence = 0;
	int err = store_known_get(t, id, &k);

	while (err == 0) {
		err = store_known_lowest(t, k, 0, &sequence);
		if (err == 0)
			err = store_tree_del(t, TREE_ANSWERS, block_key(number,
			    k, sequence / STORE_ANSWERS));
	}
	k->use = 0;
	return err != -ENOENT ? err : store_tree_del(t, TREE_CLIENTS,
	    (struct span){ id, STORE_CLIENT });
}
