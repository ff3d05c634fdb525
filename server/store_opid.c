/*
 * Answers of calls that changed something, by client and sequence: see
 * kv_opid in idl/kv.x, whose rules stand here.
 *
 *   answers  client (16), sequence (8) ->
 *            status (4), index (4), first (8), revision (8), digest (4)
 *   clients  client (16) -> floor (8), highest (8), kept (8), ticket (8)
 */
#include <errno.h>
#include <stdlib.h>

#include "be.h"
#include "server/store_opid.h"

enum { FORGET_PART = 16 };	/* of the clients go when one is too many */

static struct span
client_span(const struct store_opid *id)
{
	return (struct span){ id->client, STORE_CLIENT };
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
client_put(struct store_txn *t, struct span id, const struct store_client *c)
{
	uint8_t bytes[STORE_CLIENT_BYTES];

	be64_put(bytes, c->floor);
	be64_put(bytes + 8, c->highest);
	be64_put(bytes + 16, c->kept);
	be64_put(bytes + 24, c->ticket);
	return store_tree_put(t, TREE_CLIENTS, id,
	    (struct span){ bytes, sizeof(bytes) }, 0);
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

static void
answer_key(uint8_t key[STORE_ANSWER_KEY], const uint8_t *client,
    uint64_t sequence)
{
	memcpy(key, client, STORE_CLIENT);
	be64_put(key + STORE_CLIENT, sequence);
}

static int
answer_put(struct store_txn *t, const struct store_opid *id,
    const struct store_answer *a)
{
	uint8_t key[STORE_ANSWER_KEY], bytes[STORE_ANSWER_BYTES];

	answer_key(key, id->client, id->sequence);
	be32_put(bytes, a->status);
	be32_put(bytes + 4, a->index);
	be64_put(bytes + 8, a->first);
	be64_put(bytes + 16, a->revision);
	be32_put(bytes + 24, a->digest);
	return store_tree_put(t, TREE_ANSWERS, (struct span){ key,
	    sizeof(key) }, (struct span){ bytes, sizeof(bytes) }, 0);
}

/* What is known of a client; of an unknown one, the floor of all those. */
static int
client_get(struct store_txn *t, const struct store_opid *id,
    struct store_client *c)
{
	struct span bytes;
	int err = store_tree_get(t, TREE_CLIENTS, client_span(id), &bytes);

	*c = (struct store_client){ .floor = t->meta.floor,
		.highest = t->meta.floor };
	return err ? err : store_client_parse(bytes, c);
}

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
	struct store_client c;
	struct span bytes;
	uint8_t key[STORE_ANSWER_KEY];
	int err = client_get(t, id, &c);

	if (err && err != -ENOENT)
		return err;
	*floor = c.floor;
	if (!in_window(&c, id->sequence))
		return OPID_STALE;
	if (err == -ENOENT)
		return OPID_NEW;
	answer_key(key, id->client, id->sequence);
	err = store_tree_get(t, TREE_ANSWERS, (struct span){ key,
	    sizeof(key) }, &bytes);
	if (err == 0)
		err = store_answer_parse(bytes, answer);
	return err == 0 ? OPID_AGAIN : err == -ENOENT ? OPID_NEW : err;
}

/* The lowest answer kept of a client: 0 and c stands there, or -ENOENT. */
static int
lowest_answer(MDB_cursor *c, const uint8_t *client, uint64_t *sequence)
{
	uint8_t first[STORE_ANSWER_KEY];
	MDB_val k = { sizeof(first), first }, v;
	int rc;

	answer_key(first, client, 0);
	rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
	if (rc != 0)
		return store_error(rc);
	if (k.mv_size != sizeof(first))
		return -EIO;
	if (memcmp(k.mv_data, client, STORE_CLIENT) != 0)
		return -ENOENT;
	*sequence = be64_get((uint8_t *)k.mv_data + STORE_CLIENT);
	return 0;
}

/*
 * Removes answers of a client, the lowest first, up to sequence `last`, at
 * most n: how many, with the last of them in *removed; or -errno.
 */
static int
drop_answers(struct store_txn *t, const uint8_t *client, uint64_t last,
    uint64_t n, uint64_t *removed)
{
	MDB_cursor *c;
	uint64_t sequence = 0;
	int dropped = 0, err = store_error(mdb_cursor_open(t->txn,
	    t->store->tree[TREE_ANSWERS], &c));

	if (err)
		return err;
	while (err == 0 && (uint64_t)dropped < n) {
		err = lowest_answer(c, client, &sequence);
		if (err != 0 || sequence > last)
			break;
		err = store_error(mdb_cursor_del(c, 0));
		*removed = sequence;
		dropped++;
	}
	mdb_cursor_close(c);
	return err == 0 || err == -ENOENT ? dropped : err;
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
	struct store_opid id = { .client = client };
	struct store_client c;
	uint64_t removed;
	int err = client_get(t, &id, &c);

	if (err == 0)
		err = store_tree_del(t, TREE_CLIENTS, client_span(&id));
	if (err)
		return err;
	if (c.highest > t->meta.floor)
		t->meta.floor = c.highest;
	t->meta.clients--;
	err = drop_answers(t, client, UINT64_MAX, UINT64_MAX, &removed);
	return err < 0 ? err : 0;
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
	err = clients_by_age(t, all, n);
	for (uint64_t i = 0; err == 0 && i < go; i++)
		err = forget_client(t, all[i].id);
	free(all);
	return err;
}

/* The client will not ask for these again. */
static int
drop_done(struct store_txn *t, const struct store_opid *id,
    struct store_client *c)
{
	uint64_t removed;
	int n;

	if (id->done <= c->floor)
		return 0;
	c->floor = id->done;
	n = drop_answers(t, id->client, id->done, c->kept, &removed);
	if (n > 0)
		c->kept -= (uint64_t)n;
	return n < 0 ? n : 0;
}

static int
drop_lowest(struct store_txn *t, const struct store_opid *id,
    struct store_client *c)
{
	int n = 0;

	if (c->kept > STORE_WINDOW)
		n = drop_answers(t, id->client, UINT64_MAX,
		    c->kept - STORE_WINDOW, &c->floor);
	if (n > 0)
		c->kept -= (uint64_t)n;
	return n < 0 ? n : 0;
}

static int
add_client(struct store_txn *t)
{
	int err = forget_old_clients(t);

	t->meta.clients++;
	return err;
}

int
store_opid_keep(struct store_txn *t, const struct store_opid *id,
    const struct store_answer *answer)
{
	struct store_client c;
	int err = client_get(t, id, &c);

	t->changed = true;
	if (err == -ENOENT)
		err = add_client(t);
	if (err == 0)
		err = drop_done(t, id, &c);
	if (err == 0)
		err = answer_put(t, id, answer);
	if (err)
		return err;
	c.kept++;
	c.ticket = ++t->meta.ticket;
	if (id->sequence > c.highest)
		c.highest = id->sequence;
	err = drop_lowest(t, id, &c);
	return err ? err : client_put(t, client_span(id), &c);
}
