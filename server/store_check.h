/*
 * Verifying a store (rpcalld --store-check): every record decodes, order and
 * levels of keys hold, figures agree, the log of changes has no gap, answers
 * belong to clients. A store that is in use may be checked.
 */
#ifndef RPCALLD_STORE_CHECK_H
#define RPCALLD_STORE_CHECK_H

#include <stdint.h>

#include "server/store_lmdb.h"

struct store_report {
	uint64_t revision, compacted, keys, bytes, expiring, clients, answers;
	uint64_t faults;	/* found */
	char first[256];	/* of them */
};

/*
 * dir is a state directory, or a store itself. 0 with what was found; -ENOENT
 * where there is no store; -errno when it cannot be looked at.
 */
int store_check(const char *dir, struct store_report *r);

/* For the parts of it. */
struct check {
	struct store store;
	struct store_txn txn;
	struct store_report *report;
	uint64_t *links, *nodes;	/* numbers of nodes: led to, and there */
	size_t nlinks, nnodes, links_room, nodes_room;
	uint64_t expiries;
	uint64_t kept;		/* answers, by what clients have */
	uint64_t logged;		/* the last change of the log, so far */
};

__attribute__((format(printf, 2, 3))) void
check_fault(struct check *c, const char *fmt, ...);

/* Calls visit with each entry of a tree, in order: 0 or -errno. */
int check_each(struct check *c, int tree,
    int (*visit)(struct check *c, struct span key, struct span value));

/* The trees data and expiry: 0 or -errno. */
int check_keys(struct check *c);

#endif
