/*
 * Keys longer than LMDB takes: a key is cut into chunks, and a chunk that is
 * not the last leads to a node of its own, so that there are at most three
 * levels. What is stored for a level is
 *
 *   | node, 8 bytes | chunk, up to STORE_CHUNK bytes | mark, only if it is full |
 *
 * where the mark is 0 when the key ends there and 1 when it goes on in another
 * node. Marks come last, so order by bytes stays the order of the keys. The
 * first node is 0. Nearly all keys are one chunk in it.
 */
#ifndef RPCALLD_STORE_KEY_H
#define RPCALLD_STORE_KEY_H

#include "server/store_lmdb.h"

enum {
	STORE_LEVEL_MAX = 511,		/* MDB_MAXKEYSIZE of Debian's LMDB */
	STORE_CHUNK = STORE_LEVEL_MAX - 8 - 1,
	STORE_LEVELS = 3,
};

_Static_assert(STORE_LEVELS * STORE_CHUNK >= STORE_KEY_MAX, "levels");

struct store_level {
	uint8_t bytes[STORE_LEVEL_MAX];
	size_t len;
};

/* Where a key ends: the last level, and the ones above. */
struct store_place {
	struct store_level level[STORE_LEVELS];
	int depth;		/* index of the last level */
};

/*
 * Finds the place of a key: 0, -ENOENT when a node on the way is not there;
 * with make it is made.
 */
int store_place_find(struct store_txn *t, struct span key, bool make,
    struct store_place *p);

/* After what was at p was removed: removes nodes that are empty now. */
int store_place_prune(struct store_txn *t, struct store_place *p);

/* Fills l with a level as it is stored; link: the key goes on. */
void store_level_fill(struct store_level *l, uint64_t node, struct span chunk,
    bool link);

/* Is what LMDB holds at this key a node's number, not a record? */
bool store_level_is_link(struct span level);

/* The chunk of a level, without node and mark. */
struct span store_level_chunk(struct span level);

#endif
