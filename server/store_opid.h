/*
 * What is kept of clients and their calls, as it is stored: store_opid.c
 * writes it, store_check.c reads it too.
 */
#ifndef RPCALLD_STORE_OPID_H
#define RPCALLD_STORE_OPID_H

#include "server/store_lmdb.h"

enum {
	STORE_ANSWER_KEY = STORE_CLIENT + 8,
	STORE_ANSWER_BYTES = 28,
	STORE_CLIENT_BYTES = 32,
};

struct store_client {
	uint64_t floor;		/* answers kept are above it */
	uint64_t highest;	/* sequence seen; not below the floor */
	uint64_t kept;		/* answers */
	uint64_t ticket;	/* grows with each use */
};

/* 0, or -EIO when that is not what was written. */
int store_client_parse(struct span bytes, struct store_client *c);
int store_answer_parse(struct span bytes, struct store_answer *a);

#endif
