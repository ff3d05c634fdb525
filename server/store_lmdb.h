/*
 * The engine of store.h on LMDB: what its files share. Six B-trees:
 *
 *   data     node (8), chunk -> a record, or the number of a node (store_key.c)
 *   log      revision (8) -> changes from that one on (store_log.c)
 *   expiry   expires (8), revision (8) -> key
 *   replies  client (16), block (8) -> answers (store_known.c)
 *   clients  client (16) -> what is known of it
 *   meta     "store" -> struct store_meta
 *
 * A record is revision (8), expires (8; store clock in ms, 0: never), value.
 * All numbers are big-endian, so that order by bytes is order by number.
 */
#ifndef RPCALLD_STORE_LMDB_H
#define RPCALLD_STORE_LMDB_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "server/store_log.h"
#include "server/store_meta.h"
#include "server/store_write.h"

enum {
	STORE_FORMAT = 2,
	STORE_FORMAT_OLD = 1,	/* which store_upgrade() knows */
	STORE_RECORD = 16,	/* bytes of a record before its value */
	STORE_RESERVE = 256,	/* pages set aside for removing */
};

enum { TREE_DATA, TREE_CHANGES, TREE_EXPIRY, TREE_ANSWERS, TREE_CLIENTS,
	TREE_META, TREES };

extern const char *const store_tree_names[TREES];

struct store_known;

struct store_txn {
	struct store *store;
	MDB_txn *txn;
	MDB_cursor *data;	/* of TREE_DATA; a writer's, once it has put */
	struct store_meta meta;
	bool has_meta, changed;
	uint64_t free_pages;	/* when it began, that may be used */
	uint64_t spent;		/* of them, at most */
	uint64_t log_first, log_end;	/* revisions of the tree's first chunk;
				 * end is 0 when not looked at */
	struct store_log_at at;	/* where the last change was read */
	struct store_txn *next;	/* of the store's readers */
};

struct store {
	MDB_env *env;
	MDB_dbi tree[TREES];
	int lock_fd;		/* the process that holds its lock writes, */
	pthread_mutex_t write_lock;	/* and the thread of it that holds this */
	atomic_uint waiting;	/* threads that wait for either */
	uint64_t serial;	/* of this opening, in this process */
	int64_t clock_offset;	/* store clock - CLOCK_BOOTTIME, ms */
	uint64_t changes_max, clients_max;
	bool async;
	uint64_t page;		/* bytes of a page */
	pthread_rwlock_t map_lock;	/* held by who looks at the map */
	bool lost;		/* there is none any more; under map_lock */
	uint64_t map_pages;	/* under map_lock */
	uint64_t disk_pages;	/* known to have room on disk */
	uint64_t checked_pages;	/* its end when dead readers were looked for */
	bool cannot_allocate;	/* the file system knows no fallocate() */
	size_t own_version;	/* of our last commit */
	pthread_mutex_t readers_lock;
	struct store_txn *readers;	/* of all threads */
	struct store_txn writer;
	struct store_chunk chunk;	/* of the log; the writer's */
	struct store_known *known;	/* clients, to the writer */
	uint64_t known_use;		/* counts its transactions */
	atomic_bool cancel;
};

/* LMDB's or the system's error as -errno: see store.h. */
int store_error(int rc);

/* The store's clock, ms. */
uint64_t store_clock(const struct store *s);

/* A transaction that writes begins: it has changed nothing. */
void store_txn_clear(struct store *s);

/* As store_commit(), but others are kept out still. */
int store_commit_locked(struct store_txn *t, bool *synced);

/* One tree: mdb_get(), mdb_put() and mdb_del() with -errno. */
int store_tree_get(struct store_txn *t, int tree, struct span key,
    struct span *value);
int store_tree_put(struct store_txn *t, int tree, struct span key,
    struct span value, unsigned flags);
int store_tree_del(struct store_txn *t, int tree, struct span key);

/* A record as it is stored: 0, -ENOENT when its time is over, -EIO. */
int store_record_parse(const struct store *s, struct span bytes,
    struct store_entry *e);

/* How many pages may be used: see store_space.c. */
int store_space_begin(struct store_txn *t);

/* Does the store's lock of writers: 0, or -ECANCELED. */
int store_lock(struct store *s);
void store_unlock(struct store *s);

#endif
