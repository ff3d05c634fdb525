/*
 * What a store knows of itself, in one record; and the numbers in all of them.
 */
#ifndef RPCALLD_STORE_META_H
#define RPCALLD_STORE_META_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct store;
struct store_options;
struct store_txn;

/* 64-bit words only: that is how it is stored. */
struct store_meta {
	uint64_t format;
	uint64_t revision, compacted;	/* changes between them are kept */
	uint64_t keys, bytes;		/* of keys and values */
	uint64_t clients;
	uint64_t floor;			/* highest sequence ever forgotten */
	uint64_t ticket;		/* counts answers kept: age of clients */
	uint64_t nodes;			/* node numbers given */
	uint64_t clock;			/* store clock at the last commit, ms */
	uint64_t anchor_clock, anchor_boot;	/* clock, CLOCK_BOOTTIME, ms */
	uint64_t boot[2];		/* of which boot */
	uint64_t async;
};

static inline void
be64_put(uint8_t *p, uint64_t v)
{
	v = htobe64(v);
	memcpy(p, &v, sizeof(v));
}

static inline uint64_t
be64_get(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

/* Fills t->meta, once; -ENOENT in a store that is not there yet. */
int store_meta_load(struct store_txn *t);

/* Before a commit: writes it where it was changed. */
int store_meta_save(struct store_txn *t);

/* A store of STORE_FORMAT_OLD: its answers, one a record, become blocks; its
 * log is forgotten. Part of a transaction; 0 or -errno. */
int store_upgrade(struct store_txn *t);

/* On opening: must it be written again? And what s has of it. */
bool store_meta_update(struct store_meta *m, const struct store_options *o);
void store_meta_take(struct store *s, const struct store_meta *m);

#endif
