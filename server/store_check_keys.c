/*
 * Verifying a store's keys, their levels, and when they expire: a part of
 * store_check.c.
 */
#include <errno.h>
#include <stdlib.h>

#include "server/store_check.h"
#include "server/store_key.h"

enum { EXPIRY = 16 };	/* bytes of a key of the tree `expiry` */

static int
add_number(uint64_t **list, size_t *n, size_t *room, uint64_t number)
{
	if (*n == *room) {
		size_t more = *room ? *room * 2 : 64;
		uint64_t *bigger = realloc(*list, more * sizeof(**list));

		if (bigger == NULL)
			return -ENOMEM;
		*list = bigger;
		*room = more;
	}
	(*list)[(*n)++] = number;
	return 0;
}

/* Nodes: each but the first is led to once, and holds something. */
static int
visit_level(struct check *c, struct span key, struct span value)
{
	uint64_t node;

	if (key.len <= 8 || key.len > STORE_LEVEL_MAX ||
	    key.len == STORE_LEVEL_MAX - 1 ||
	    (key.len == STORE_LEVEL_MAX && key.data[key.len - 1] > 1)) {
		check_fault(c, "a level of a key has %zu bytes", key.len);
		return 0;
	}
	node = be64_get(key.data);
	if (node > c->txn.meta.nodes)
		check_fault(c, "node %llu was never given",
		    (unsigned long long)node);
	if (c->nnodes == 0 || c->nodes[c->nnodes - 1] != node) {
		int err = add_number(&c->nodes, &c->nnodes, &c->nodes_room,
		    node);

		if (err)
			return err;
	}
	if (!store_level_is_link(key))
		return 0;
	if (value.len == 8)
		return add_number(&c->links, &c->nlinks, &c->links_room,
		    be64_get(value.data));
	check_fault(c, "a link has %zu bytes", value.len);
	return 0;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
compare_nodes(struct check *c)
{
	uint64_t *nodes = c->nodes;
	size_t n = c->nnodes;

	if (n > 0 && nodes[0] == 0) {
		nodes++;
		n--;
	}
	if (c->nlinks > 0)
		qsort(c->links, c->nlinks, sizeof(*c->links),
		    compare_numbers);
	if (n != c->nlinks || (n > 0 && memcmp(nodes, c->links,
	    n * sizeof(*nodes)) != 0))
		check_fault(c, "%zu nodes of long keys, %zu links to them, or not "
		    "the same", n, c->nlinks);
}

/* The log's latest change of a key is the one that its record names. */
static void
check_change(struct check *c, struct span key, uint64_t revision)
{
	struct store_change change;

	if (revision > c->txn.meta.revision || revision == 0) {
		check_fault(c, "a key has revision %llu of %llu",
		    (unsigned long long)revision,
		    (unsigned long long)c->txn.meta.revision);
		return;
	}
	if (revision <= c->txn.meta.compacted)
		return;
	if (store_change_at(&c->txn, revision, &change) != 0 ||
	    change.kind != STORE_PUT || change.key.len != key.len ||
	    memcmp(change.key.data, key.data, key.len) != 0)
		check_fault(c, "the change of revision %llu is not that of its key",
		    (unsigned long long)revision);
}

static void
check_expiry(struct check *c, struct span key, uint64_t expires,
    uint64_t revision)
{
	uint8_t when[EXPIRY];
	struct span found;

	if (expires == 0)
		return;
	c->report->expiring++;
	be64_put(when, expires);
	be64_put(when + 8, revision);
	if (store_tree_get(&c->txn, TREE_EXPIRY, (struct span){ when, EXPIRY },
	    &found) != 0 || found.len != key.len ||
	    memcmp(found.data, key.data, key.len) != 0)
		check_fault(c, "a key of revision %llu would not expire",
		    (unsigned long long)revision);
}

/* A key as it is read, after the one before: in order, found, counted. */
static void
check_key(struct check *c, struct span key, struct span before)
{
	size_t n = key.len < before.len ? key.len : before.len;
	int order = n ? memcmp(before.data, key.data, n) : -1;
	struct store_place p;
	struct span bytes;

	if (order > 0 || (order == 0 && before.len >= key.len))
		check_fault(c, "keys are not in order");
	if (key.len == 0 || key.len > STORE_KEY_MAX)
		check_fault(c, "a key has %zu bytes", key.len);
	if (store_place_find(&c->txn, key, false, &p) != 0 ||
	    store_tree_get(&c->txn, TREE_DATA, (struct span){
	    p.level[p.depth].bytes, p.level[p.depth].len }, &bytes) != 0 ||
	    bytes.len < STORE_RECORD) {
		check_fault(c, "a key is not found where it is");
		return;
	}
	c->report->keys++;
	c->report->bytes += key.len + bytes.len - STORE_RECORD;
	check_change(c, key, be64_get(bytes.data));
	check_expiry(c, key, be64_get(bytes.data + 8), be64_get(bytes.data));
}

static int
check_order(struct check *c)
{
	uint8_t last[STORE_LEVELS * STORE_CHUNK];
	struct span key, before = { last, 0 };
	struct store_iter *it = store_iter_new(&c->txn, before);
	struct store_entry e;
	bool lasts;
	int r, gone;

	if (it == NULL)
		return -ENOMEM;
	while ((r = store_iter_next(it, &key, &lasts, &e, &gone)) == 1) {
		check_key(c, key, before);
		memcpy(last, key.data, key.len);
		before.len = key.len;
	}
	store_iter_free(it);
	if (r < 0)
		check_fault(c, "a record of a key is damaged");
	return 0;
}

/* What expires is a key that says so: as many as keys that say so. */
static int
visit_expiry(struct check *c, struct span key, struct span value)
{
	if (key.len != EXPIRY || value.len == 0 || value.len > STORE_KEY_MAX)
		check_fault(c, "an expiry is damaged");
	c->expiries++;
	return 0;
}

int
check_keys(struct check *c)
{
	int err = check_each(c, TREE_DATA, visit_level);

	if (err == 0) {
		compare_nodes(c);
		err = check_order(c);
	}
	if (err == 0)
		err = check_each(c, TREE_EXPIRY, visit_expiry);
	if (err == 0 && c->expiries != c->report->expiring)
		check_fault(c, "%llu expiries for %llu keys that expire",
		    (unsigned long long)c->expiries,
		    (unsigned long long)c->report->expiring);
	free(c->links);
	free(c->nodes);
	return err;
}
