/*
 * Transactions: snapshots for the threads that read, and the one that writes.
 *
 * A thread's snapshot is kept between its uses, reset, so that beginning one
 * takes no lock and no memory. Writers of several processes queue up at a lock
 * of open file descriptions: LMDB's own mutex can lose a wake-up when a
 * process is killed that waits for it, and so it never has a second comer.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "log.h"
#include "server/store_opid.h"

int
store_tree_get(struct store_txn *t, int tree, struct span key,
    struct span *value)
{
	MDB_val k = { key.len, (void *)(uintptr_t)key.data }, v;
	int rc = mdb_get(t->txn, t->store->tree[tree], &k, &v);

	if (rc != 0)
		return store_error(rc);
	value->data = v.mv_data;
	value->len = v.mv_size;
	return 0;
}

int
store_tree_put(struct store_txn *t, int tree, struct span key,
    struct span value, unsigned flags)
{
	MDB_val k = { key.len, (void *)(uintptr_t)key.data };
	MDB_val v = { value.len, (void *)(uintptr_t)value.data };

	return store_error(mdb_put(t->txn, t->store->tree[tree], &k, &v,
	    flags));
}

int
store_tree_del(struct store_txn *t, int tree, struct span key)
{
	MDB_val k = { key.len, (void *)(uintptr_t)key.data };

	return store_error(mdb_del(t->txn, t->store->tree[tree], &k, NULL));
}

static int
lock_writer(struct store *s, int how, short type)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(s->lock_fd, how, &l) < 0 ? -errno : 0;
}

/* The lock of a file is the process's, whichever of its threads asks. */
int
store_lock(struct store *s)
{
	int err;

	atomic_fetch_add(&s->waiting, 1);
	pthread_mutex_lock(&s->write_lock);
	/* A signal that interrupts may be the one after store_cancel(). */
	do
		err = atomic_load(&s->cancel) ? -ECANCELED :
		    lock_writer(s, F_OFD_SETLKW, F_WRLCK);
	while (err == -EINTR);
	atomic_fetch_sub(&s->waiting, 1);
	if (err)
		pthread_mutex_unlock(&s->write_lock);
	return err;
}

/* Who waits goes first: else those who only try could keep it for ever. */
static int
try_lock(struct store *s)
{
	if (atomic_load(&s->waiting) > 0 ||
	    pthread_mutex_trylock(&s->write_lock) != 0)
		return -EAGAIN;
	if (lock_writer(s, F_OFD_SETLK, F_WRLCK) == 0)
		return 0;
	pthread_mutex_unlock(&s->write_lock);
	return -EAGAIN;
}

void
store_unlock(struct store *s)
{
	lock_writer(s, F_OFD_SETLK, F_UNLCK);
	pthread_mutex_unlock(&s->write_lock);
}

void
store_cancel(struct store *s)
{
	atomic_store(&s->cancel, true);
}

/*
 * Another process may have a larger map, and may have filled more of it than
 * we have addresses for: takes its size. Nobody may look at the map meanwhile,
 * since it is moved.
 */
static void
adopt_map(struct store *s)
{
	MDB_envinfo info;

	pthread_rwlock_wrlock(&s->map_lock);
	if (!s->lost && mdb_env_set_mapsize(s->env, 0) != 0)
		s->lost = true;
	if (!s->lost) {
		mdb_env_info(s->env, &info);
		s->map_pages = info.me_mapsize / s->page;
		log_event(LOG_LEVEL_INFO, "store-map-adopted", "bytes=%llu",
		    (unsigned long long)info.me_mapsize);
	}
	pthread_rwlock_unlock(&s->map_lock);
}

/* begin(arg), which begins a transaction, with the map kept where it is until
 * leave_map(): 0, or LMDB's error and nothing is kept. */
static int
enter_map(struct store *s, int (*begin)(void *arg), void *arg)
{
	int rc;

	for (;;) {
		pthread_rwlock_rdlock(&s->map_lock);
		rc = s->lost ? EIO : begin(arg);
		if (rc == 0)
			return 0;
		pthread_rwlock_unlock(&s->map_lock);
		if (rc != MDB_MAP_RESIZED)
			return rc;
		adopt_map(s);
	}
}

static void
leave_map(struct store *s)
{
	pthread_rwlock_unlock(&s->map_lock);
}

static int
begin_reading(void *arg)
{
	struct store_txn *t = arg;
	int dead, rc = mdb_txn_begin(t->store->env, NULL, MDB_RDONLY, &t->txn);

	if (rc == MDB_READERS_FULL &&
	    mdb_reader_check(t->store->env, &dead) == 0)
		rc = mdb_txn_begin(t->store->env, NULL, MDB_RDONLY, &t->txn);
	return rc;
}

static int
begin_again(void *arg)
{
	struct store_txn *t = arg;

	return mdb_txn_renew(t->txn);
}

static int
begin_writing(void *arg)
{
	struct store_txn *t = arg;

	return mdb_txn_begin(t->store->env, NULL, 0, &t->txn);
}

/* A thread's first snapshot of s; it stays until the store is closed. */
static int
new_reader(struct store *s, struct store_txn **out)
{
	struct store_txn *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL)
		return -ENOMEM;
	t->store = s;
	rc = enter_map(s, begin_reading, t);
	if (rc != 0) {
		free(t);
		return store_error(rc);
	}
	pthread_mutex_lock(&s->readers_lock);
	t->next = s->readers;
	s->readers = t;
	pthread_mutex_unlock(&s->readers_lock);
	*out = t;
	return 0;
}

int
store_read(struct store *s, struct store_txn **out)
{
	static _Thread_local struct store_txn *mine;
	static _Thread_local uint64_t serial;
	int rc;

	if (serial != s->serial) {
		rc = new_reader(s, &mine);
		serial = rc == 0 ? s->serial : 0;
		*out = mine;
		return rc;
	}
	*out = mine;
	mine->has_meta = false;
	mine->at.left = 0;
	return store_error(enter_map(s, begin_again, mine));
}

void
store_read_end(struct store_txn *t)
{
	mdb_txn_reset(t->txn);
	leave_map(t->store);
}

uint64_t
store_version(struct store *s)
{
	MDB_envinfo info = { 0 };

	pthread_rwlock_rdlock(&s->map_lock);
	if (!s->lost)
		mdb_env_info(s->env, &info);
	leave_map(s);
	return info.me_last_txnid;
}

uint64_t
store_txn_version(const struct store_txn *t)
{
	return mdb_txn_id(t->txn);
}

static int
begin_locked(struct store *s, struct store_txn *t)
{
	int err = store_error(enter_map(s, begin_writing, t));

	if (err)
		return err;
	err = store_meta_load(t);
	if (err == 0)
		err = store_space_begin(t);
	if (err) {
		mdb_txn_abort(t->txn);
		leave_map(s);
	}
	return err;
}

static int
write_locked(struct store *s, struct store_txn **out)
{
	struct store_txn *t = &s->writer;
	int err;

	*t = (struct store_txn){ .store = s };
	store_txn_clear(s);
	err = begin_locked(s, t);
	if (err)
		store_unlock(s);
	*out = t;
	return err;
}

int
store_write(struct store *s, struct store_txn **out)
{
	int err = store_lock(s);

	return err ? err : write_locked(s, out);
}

int
store_try_write(struct store *s, struct store_txn **out)
{
	int err = try_lock(s);

	return err ? err : write_locked(s, out);
}

/* What another process committed was seen, and it may have been killed just
 * before its sync: it is not to be promised before ours. */
static int
commit_nothing(struct store_txn *t, bool *synced)
{
	struct store *s = t->store;
	size_t version = mdb_txn_id(t->txn) - 1;

	mdb_txn_abort(t->txn);
	if (s->async || version == s->own_version)
		return 0;
	s->own_version = version;
	*synced = true;
	return mdb_env_sync(s->env, 1) == 0 ? 0 : -EIO;
}

void
store_txn_clear(struct store *s)
{
	s->chunk.count = 0;
	store_known_begin(s);
}

/* What was gathered in memory goes to the trees. */
static int
save(struct store_txn *t)
{
	int err = store_known_save(t);

	if (err == 0)
		err = store_log_save(t);
	return err ? err : store_meta_save(t);
}

int
store_commit_locked(struct store_txn *t, bool *synced)
{
	struct store *s = t->store;
	size_t version = mdb_txn_id(t->txn);
	int err;

	*synced = false;
	if (!t->changed)
		return commit_nothing(t, synced);
	err = save(t);
	if (err) {
		mdb_txn_abort(t->txn);
		return err;
	}
	err = store_error(mdb_txn_commit(t->txn));
	if (err == 0) {
		s->own_version = version;
		*synced = !s->async;
	}
	return err;
}

int
store_commit(struct store_txn *t, bool *synced)
{
	int err = store_commit_locked(t, synced);

	leave_map(t->store);
	store_unlock(t->store);
	return err;
}

void
store_abort(struct store_txn *t)
{
	mdb_txn_abort(t->txn);
	leave_map(t->store);
	store_unlock(t->store);
}

int
store_sync(struct store *s)
{
	return mdb_env_sync(s->env, 1) == 0 ? 0 : -EIO;
}
