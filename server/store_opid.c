/*
 * Answers of calls that changed something, by client and sequence: the rules of
 * kv_opid in idl/kv.x. store_known.c keeps them.
 */
#include <errno.h>
#include <stdlib.h>

#include "server/store_opid.h"

enum { FORGET_PART = 16 };	/* of the clients go when one is too many */

static bool
in_window(const struct store_client *c, uint64_t sequence)
{
	return sequence > c->floor && (sequence <= c->highest ||
	    sequence - c->highest <= STORE_WINDOW);
}

int
store_opid_find(struct store_txn *t, const struct store_opid *id,
    struct store_answer *answer, uint64_t *floor)
{
	struct store_known *k;
	struct store_block *b;
	int err = store_known_get(t, id->client, &k);

	if (err)
		return err;
	*floor = k->c.floor;
	if (!in_window(&k->c, id->sequence))
		return OPID_STALE;
	if (!k->there)
		return OPID_NEW;
	err = store_known_block(t, k, id->sequence, &b);
	if (err)
		return err;
	if ((b->there & store_block_bit(id->sequence)) == 0)
		return OPID_NEW;
	err = store_answer_parse((struct span){ b->answers[id->sequence %
	    STORE_ANSWERS], STORE_ANSWER_BYTES }, answer);
	return err ? err : OPID_AGAIN;
}

struct aged {
	uint64_t ticket;
	uint8_t id[STORE_CLIENT];
};

static int
compare_age(const void *a, const void *b)
{
	const struct aged *x = a, *y = b;

	return x->ticket < y->ticket ? -1 : x->ticket > y->ticket;
}

/* All clients into an array of `room`, the longest unused first. */
static int
clients_by_age(struct store_txn *t, struct aged *all, size_t room)
{
	MDB_cursor *c;
	MDB_val k, v;
	struct store_client known;
	size_t n = 0;
	int err = store_error(mdb_cursor_open(t->txn,
	    t->store->tree[TREE_CLIENTS], &c));

	if (err)
		return err;
	while (err == 0 && n < room &&
	    mdb_cursor_get(c, &k, &v, MDB_NEXT) == 0) {
		err = k.mv_size != STORE_CLIENT ? -EIO : store_client_parse(
		    (struct span){ v.mv_data, v.mv_size }, &known);
		if (err == 0) {
			all[n].ticket = known.ticket;
			memcpy(all[n++].id, k.mv_data, STORE_CLIENT);
		}
	}
	mdb_cursor_close(c);
	qsort(all, n, sizeof(*all), compare_age);
	return err ? err : n == room ? 0 : -EIO;
}

static int
forget_client(struct store_txn *t, const uint8_t *client)
{
	struct store_known *k;
	int err = store_known_get(t, client, &k);

	if (err == 0 && !k->there)
		err = -EIO;
	if (err)
		return err;
	if (k->c.highest > t->meta.floor)
		t->meta.floor = k->c.highest;
	t->meta.clients--;
	return store_known_remove(t, client);
}

/* Room for one more client, and some to spare: looking for the longest unused
 * takes a look at all. */
static int
forget_old_clients(struct store_txn *t)
{
	uint64_t n = t->meta.clients, max = t->store->clients_max, go;
	struct aged *all;
	int err;

	if (n < max)
		return 0;
	all = calloc(n, sizeof(*all));
	if (all == NULL)
		return -ENOMEM;
	go = n - max + 1;
	/* Their answers are all over the tree, so many take many pages. */
	if (!store_is_tight(t))
		go += (max - 1) / FORGET_PART;
	err = store_known_save(t);
	if (err == 0)
		err = clients_by_age(t, all, n);
	for (uint64_t i = 0; err == 0 && i < go; i++)
		err = forget_client(t, all[i].id);
	free(all);
	return err;
}

/* A client that was not known: others may go for it. */
static int
add_client(struct store_txn *t, const uint8_t *id, struct store_known **k)
{
	struct store_client c = (*k)->c;
	int err = forget_old_clients(t);

	if (err == 0)
		err = store_known_get(t, id, k);
	if (err)
		return err;
	t->meta.clients++;
	(*k)->there = true;
	/* By the floor that there was when its call was looked at. */
	(*k)->c = c;
	return 0;
}

/* Removes the answers of a block from sequence `from` to `last`. */
static void
clear_answers(struct store_known *k, struct store_block *b, uint64_t from,
    uint64_t last)
{
	uint32_t gone = b->there & UINT32_MAX << from % STORE_ANSWERS;

	if (last / STORE_ANSWERS == b->number)
		gone &= UINT32_MAX >> (STORE_ANSWERS - 1 - last % STORE_ANSWERS);
	if (gone == 0)
		return;
	b->there &= ~gone;
	b->changed = true;
	k->c.kept -= (uint64_t)__builtin_popcount(gone);
}

/* The client will not ask for the answers up to `done` again. */
static int
drop_done(struct store_txn *t, struct store_known *k, uint64_t done)
{
	uint64_t from = k->c.floor + 1;
	struct store_block *b;
	int err = 0;

	if (done <= k->c.floor)
		return 0;
	k->c.floor = done;
	while (err == 0 && k->c.kept > 0 && from <= done) {
		/* Where blocks are few and far between, to the next. */
		if (done / STORE_ANSWERS - from / STORE_ANSWERS >= STORE_BLOCKS)
			err = store_known_lowest(t, k, from, &from);
		if (err != 0 || from > done)
			break;
		err = store_known_block(t, k, from, &b);
		if (err == 0)
			clear_answers(k, b, from, done);
		if (from / STORE_ANSWERS == done / STORE_ANSWERS)
			break;
		from = (from / STORE_ANSWERS + 1) * STORE_ANSWERS;
	}
	return err == -ENOENT ? 0 : err;
}

/* The lowest answer that is kept goes, and the floor rises to it. */
static int
drop_lowest(struct store_txn *t, struct store_known *k)
{
	uint64_t from = k->c.floor + 1;
	struct store_block *b;
	uint32_t there;
	int err = store_known_block(t, k, from, &b);

	if (err)
		return err;
	there = b->there & UINT32_MAX << from % STORE_ANSWERS;
	if (there == 0) {
		err = store_known_lowest(t, k, (b->number + 1) * STORE_ANSWERS,
		    &from);
		if (err == 0)
			err = store_known_block(t, k, from, &b);
		there = b->there;
	}
	if (err != 0 || there == 0)
		return err != 0 && err != -ENOENT ? err : -EIO;
	k->c.floor = b->number * STORE_ANSWERS +
	    (uint64_t)__builtin_ctz(there);
	clear_answers(k, b, k->c.floor, k->c.floor);
	return 0;
}

static int
put_answer(struct store_txn *t, struct store_known *k, uint64_t sequence,
    const struct store_answer *answer)
{
	struct store_block *b;
	int err = store_known_block(t, k, sequence, &b);

	if (err)
		return err;
	store_answer_fill(b->answers[sequence % STORE_ANSWERS], answer);
	b->there |= store_block_bit(sequence);
	b->changed = true;
	k->c.kept++;
	if (sequence > k->c.highest)
		k->c.highest = sequence;
	return 0;
}

int
store_opid_keep(struct store_txn *t, const struct store_opid *id,
    const struct store_answer *answer)
{
	struct store_known *k;
	int err = store_known_get(t, id->client, &k);

	t->changed = true;
	if (err == 0 && !k->there)
		err = add_client(t, id->client, &k);
	if (err)
		return err;
	k->changed = true;
	k->c.ticket = ++t->meta.ticket;
	err = drop_done(t, k, id->done);
	if (err == 0)
		err = put_answer(t, k, id->sequence, answer);
	while (err == 0 && k->c.kept > STORE_WINDOW)
		err = drop_lowest(t, k);
	return err;
}
