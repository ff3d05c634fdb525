/*
 * Opening and closing a store: see store.h and store_lmdb.h. A store is a
 * directory with LMDB's data.mdb and lock.mdb, and with `writer`, the file
 * whose lock lets one process write at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"
#include "log.h"
#include "server/rundir.h"
#include "server/store_opid.h"

enum {
	READERS = 4096,			/* threads of all processes */
	TREES_OLD = 2,			/* that an upgrade looks at, besides */
	PATH = 4096,
	AS_PART = 8,			/* of RLIMIT_AS that a map may take */
};

#define MAP_LEAST (UINT64_C(4) << 20)

const char *const store_tree_names[TREES] = {
	[TREE_DATA] = "data", [TREE_CHANGES] = "log",
	[TREE_EXPIRY] = "expiry", [TREE_ANSWERS] = "replies",
	[TREE_CLIENTS] = "clients", [TREE_META] = "meta",
};

int
store_error(int rc)
{
	switch (rc) {
	case 0:
		return 0;
	case MDB_NOTFOUND:
		return -ENOENT;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return -ENOSPC;
	case MDB_TXN_FULL:
	case ENOMEM:
		return -ENOMEM;
	case MDB_READERS_FULL:
		return -EAGAIN;
	default:
		return -EIO;
	}
}

/* What is at a path of ours: it may be missing, or a file of our own. */
static int
check_file(const char *dir, const char *leaf)
{
	char path[PATH];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, leaf);
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	return S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid == geteuid() ? 0 : -EPERM;
}

static int
check_files(const char *dir)
{
	static const char *const leaves[] = { "data.mdb", "lock.mdb",
		"writer" };
	int err = private_dir(dir);

	for (unsigned i = 0; err == 0 && i < 3; i++)
		err = check_file(dir, leaves[i]);
	return err;
}

static int
sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		err = -errno;
	fd_close(fd);
	return err;
}

/* The names of a new store are on disk before anything in it is promised. */
static int
sync_names(const char *dir)
{
	char above[PATH];
	int err = sync_dir(dir);

	snprintf(above, sizeof(above), "%s/..", dir);
	return err ? err : sync_dir(above);
}

static int
open_env(struct store *s, const char *dir, uint64_t map)
{
	int rc = mdb_env_create(&s->env);

	if (rc == 0)
		rc = mdb_env_set_maxdbs(s->env, TREES + TREES_OLD);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(s->env, READERS);
	if (rc == 0)
		rc = mdb_env_set_mapsize(s->env, map);
	if (rc == 0)
		rc = mdb_env_open(s->env, dir, MDB_NOTLS, 0600);
	if (rc != 0 && s->env != NULL) {
		mdb_env_close(s->env);
		s->env = NULL;
	}
	return rc;
}

/* A map takes addresses, of which there may be few (valgrind, ulimit -v). */
static int
open_map(struct store *s, const struct store_options *o)
{
	uint64_t map = o->map;
	struct rlimit r;
	int rc;

	if (getrlimit(RLIMIT_AS, &r) == 0 && r.rlim_cur != RLIM_INFINITY &&
	    map > r.rlim_cur / AS_PART)
		map = r.rlim_cur / AS_PART;
	if (map < MAP_LEAST)
		map = MAP_LEAST;
	/* What valgrind has no addresses for is EINVAL. */
	while (((rc = open_env(s, o->dir, map)) == ENOMEM || rc == EINVAL) &&
	    map / 2 >= MAP_LEAST)
		map /= 2;
	if (rc == 0 && map < o->map)
		log_event(LOG_LEVEL_WARN, "store-map-reduced", "dir=\"%s\" "
		    "bytes=%llu wanted=%llu", o->dir, (unsigned long long)map,
		    (unsigned long long)o->map);
	return rc;
}

static int
open_trees(struct store *s, MDB_txn *txn, unsigned flags)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < TREES; i++)
		rc = mdb_dbi_open(txn, store_tree_names[i], flags,
		    &s->tree[i]);
	return rc;
}

static int
check_format(const struct store_meta *m, char *why, size_t size)
{
	if (m->format == STORE_FORMAT || m->format == STORE_FORMAT_OLD)
		return 0;
	snprintf(why, size, "it has format %llu, not %d",
	    (unsigned long long)m->format, STORE_FORMAT);
	return -EINVAL;
}

/* A store that is there, opened as it was before: nothing is written. */
static int
open_existing(struct store *s, const struct store_options *o, char *why,
    size_t size)
{
	struct store_txn t = { .store = s };
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &t.txn), err;

	if (rc != 0)
		return store_error(rc);
	rc = open_trees(s, t.txn, 0);
	err = rc ? store_error(rc) : store_meta_load(&t);
	if (err == 0)
		err = check_format(&t.meta, why, size);
	if (err == 0 && store_meta_update(&t.meta, o))
		err = -ENOENT;
	if (err) {
		mdb_txn_abort(t.txn);
		return err;
	}
	store_meta_take(s, &t.meta);
	/* Committing keeps the trees open. */
	return store_error(mdb_txn_commit(t.txn));
}

static int
write_meta(struct store *s, const struct store_options *o, char *why,
    size_t size)
{
	struct store_txn t = { .store = s };
	bool synced;
	int rc = mdb_txn_begin(s->env, NULL, 0, &t.txn), err;

	if (rc != 0)
		return store_error(rc);
	store_txn_clear(s);
	rc = open_trees(s, t.txn, MDB_CREATE);
	err = rc ? store_error(rc) : store_meta_load(&t);
	if (err == -ENOENT) {
		t.meta = (struct store_meta){ .format = STORE_FORMAT };
		t.has_meta = true;
		err = 0;
	}
	if (err == 0)
		err = check_format(&t.meta, why, size);
	if (err == 0 && t.meta.format == STORE_FORMAT_OLD)
		err = store_upgrade(&t);
	if (err) {
		mdb_txn_abort(t.txn);
		return err;
	}
	store_meta_update(&t.meta, o);
	store_meta_take(s, &t.meta);
	t.changed = true;
	return store_commit_locked(&t, &synced);
}

static int
open_new(struct store *s, const struct store_options *o, char *why,
    size_t size)
{
	int dead, err = store_lock(s);

	if (err)
		return err;
	mdb_reader_check(s->env, &dead);
	err = write_meta(s, o, why, size);
	store_unlock(s);
	return err ? err : sync_names(o->dir);
}

static int
open_lock(struct store *s, const char *dir)
{
	char path[PATH];

	snprintf(path, sizeof(path), "%s/writer", dir);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	return s->lock_fd < 0 ? -errno : 0;
}

static int
fill(struct store *s, const struct store_options *o)
{
	static atomic_ullong serials;
	MDB_envinfo info;
	MDB_stat stat;

	mdb_env_info(s->env, &info);
	mdb_env_stat(s->env, &stat);
	s->page = stat.ms_psize;
	s->map_pages = info.me_mapsize / s->page;
	s->changes_max = o->changes;
	s->clients_max = o->clients;
	s->serial = atomic_fetch_add(&serials, 1) + 1;
	return 0;
}

/* What a killed process committed may be in memory only. */
static int
make_durable(struct store *s)
{
	int rc = s->async ? mdb_env_set_flags(s->env, MDB_NOSYNC, 1) :
	    mdb_env_sync(s->env, 1);

	return store_error(rc);
}

static int
open_store(struct store *s, const struct store_options *o, char *why,
    size_t size)
{
	int dead, rc, err = check_files(o->dir);

	if (err)
		return err;
	err = open_lock(s, o->dir);
	if (err)
		return err;
	rc = open_map(s, o);
	if (rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH)
		snprintf(why, size, "%s is damaged, or not a store", o->dir);
	if (rc != 0)
		return rc > 0 ? -rc : -EIO;
	fill(s, o);
	mdb_reader_check(s->env, &dead);
	err = open_existing(s, o, why, size);
	if (err == -ENOENT)
		err = open_new(s, o, why, size);
	return err ? err : make_durable(s);
}

int
store_open(struct store **out, const struct store_options *o, char *why,
    size_t size)
{
	struct store *s = calloc(1, sizeof(*s));
	int err;

	*out = NULL;
	why[0] = '\0';
	if (s == NULL)
		return -ENOMEM;
	s->lock_fd = -1;
	s->known = store_known_new();
	pthread_mutex_init(&s->readers_lock, NULL);
	pthread_mutex_init(&s->write_lock, NULL);
	pthread_rwlock_init(&s->map_lock, NULL);
	err = s->known == NULL ? -ENOMEM : open_store(s, o, why, size);
	if (err) {
		if (why[0] == '\0')
			snprintf(why, size, "%s: %s", o->dir, err == -EIO ?
			    "the store is damaged" : strerror(-err));
		store_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	while (s->readers != NULL) {
		struct store_txn *t = s->readers;

		s->readers = t->next;
		mdb_txn_abort(t->txn);
		free(t);
	}
	if (s->env != NULL)
		mdb_env_close(s->env);
	fd_close(s->lock_fd);
	pthread_mutex_destroy(&s->readers_lock);
	pthread_mutex_destroy(&s->write_lock);
	pthread_rwlock_destroy(&s->map_lock);
	free(s->known);
	free(s);
}
