/*
 * What is kept of clients and their calls, as it is stored: store_known.c
 * keeps it while a transaction changes it, store_opid.c knows the rules,
 * store_check.c reads it too.
 */
#ifndef RPCALLD_STORE_OPID_H
#define RPCALLD_STORE_OPID_H

#include "server/store_lmdb.h"

/*
 * Answers to calls whose sequences differ in the last bits only are one record,
 * a block: a call of many that come one after another takes a place in a block
 * that is there, and no change of a tree of its own.
 */
enum {
	STORE_ANSWERS = 32,		/* places of a block */
	STORE_BLOCK_KEY = STORE_CLIENT + 8,
	STORE_ANSWER_BYTES = 28,
	STORE_BLOCK_MAX = 4 + STORE_ANSWERS * STORE_ANSWER_BYTES,
	STORE_CLIENT_BYTES = 32,
};

struct store_client {
	uint64_t floor;		/* answers kept are above it */
	uint64_t highest;	/* sequence seen; not below the floor */
	uint64_t kept;		/* answers */
	uint64_t ticket;	/* grows with each use */
};

/* Answers to sequences from number * STORE_ANSWERS on. */
struct store_block {
	uint64_t number;
	uint32_t there;		/* bit i: the i-th is */
	uint8_t answers[STORE_ANSWERS][STORE_ANSWER_BYTES];
	bool loaded, changed, stored;	/* stored: the tree has one */
};

enum { STORE_BLOCKS = 5 };	/* a prime: the first and the last of a window
				 * are not in each other's place */

/* A client, as a transaction knows it. */
struct store_known {
	uint64_t use;		/* of which transaction; see store_known.c */
	uint8_t id[STORE_CLIENT];
	bool there, changed;
	struct store_client c;
	struct store_block blocks[STORE_BLOCKS];
};

/* 0, or -EIO when that is not what was written. */
int store_client_parse(struct span bytes, struct store_client *c);
int store_answer_parse(struct span bytes, struct store_answer *a);
int store_block_parse(struct span bytes, struct store_block *b);

void store_answer_fill(uint8_t bytes[STORE_ANSWER_BYTES],
    const struct store_answer *a);

static inline uint32_t
store_block_bit(uint64_t sequence)
{
	return UINT32_C(1) << sequence % STORE_ANSWERS;
}

/* For store_open() and store_close(): memory for clients; or NULL. */
struct store_known *store_known_new(void);

/* A transaction begins: nothing is known. */
void store_known_begin(struct store *s);

/*
 * A client within a writing transaction, from the tree or as it was changed
 * since: 0 with *k->there false for one that is not known, or -errno. *k and
 * its blocks hold until the next call of this or the next function.
 */
int store_known_get(struct store_txn *t, const uint8_t *id,
    struct store_known **k);

/* The block of a sequence, which may be empty: 0 or -errno. */
int store_known_block(struct store_txn *t, struct store_known *k,
    uint64_t sequence, struct store_block **b);

/* The lowest block of a client, of those from a sequence on, in the tree once
 * all was written there: 0 with its first sequence, -ENOENT, -errno. */
int store_known_lowest(struct store_txn *t, struct store_known *k,
    uint64_t from, uint64_t *sequence);

/* Before a commit, or a look at the trees: writes what was changed. */
int store_known_save(struct store_txn *t);

/* Removes a client with its answers, of which nothing is known any more. */
int store_known_remove(struct store_txn *t, const uint8_t *id);

#endif
