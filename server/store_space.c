/*
 * Room: what may grow while there is some, so that keys can still be removed
 * when there is none.
 *
 * LMDB writes every page that it changes to another place, and reuses a page
 * only one commit after it was freed: removing needs pages, too. So
 * STORE_RESERVE pages stay out of reach of what grows. A page is usable when
 * it is free in the file, or follows its end within the map and on the disk;
 * for the disk's part, room for the next ones is allocated ahead.
 */
#include <errno.h>
#include <fcntl.h>

#include "server/store_lmdb.h"

enum {
	COMFORT = 4 * STORE_RESERVE,	/* pages behind the end of the file that
					 * make counting free ones idle */
	PAGES_TXN = 48,		/* that a transaction changes anyway, at most */
	PAGES_KEY = 8,		/* that a key changes, besides its value's */
	STEP = STORE_RESERVE,	/* pages allocated ahead of what is needed */
	DROPS = 64,		/* of changes kept, when the reserve is used */
};

/* Makes sure of disk for pages up to `pages`, from the end of the file. */
static void
allocate(struct store *s, uint64_t end, uint64_t pages)
{
	uint64_t from = s->disk_pages > end ? s->disk_pages : end;
	mdb_filehandle_t fd;

	if (pages > s->map_pages)
		pages = s->map_pages;
	if (s->cannot_allocate || pages <= from)
		return;
	mdb_env_get_fd(s->env, &fd);
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)(from * s->page),
	    (off_t)((pages - from) * s->page)) == 0)
		s->disk_pages = pages;
	else if (errno == EOPNOTSUPP || errno == ENOSYS)
		s->cannot_allocate = true;
}

/* Pages behind the end of the file that can be used. */
static uint64_t
tail(const struct store *s, uint64_t end)
{
	uint64_t limit = s->map_pages;

	if (!s->cannot_allocate && s->disk_pages < limit)
		limit = s->disk_pages;
	return limit > end ? limit - end : 0;
}

/* Pages free in the file that a transaction may use: those freed before the
 * last commit. LMDB keeps their lists in tree 0, each with its length first,
 * and lets only a transaction that reads look there. */
static int
count_free(MDB_txn *reader, size_t last, uint64_t *pages)
{
	MDB_cursor *c;
	MDB_val k, v;
	int rc = mdb_cursor_open(reader, 0, &c);

	if (rc != 0)
		return store_error(rc);
	while ((rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0) {
		size_t freed_by, n;

		if (k.mv_size != sizeof(freed_by) || v.mv_size < sizeof(n))
			break;
		memcpy(&freed_by, k.mv_data, sizeof(freed_by));
		memcpy(&n, v.mv_data, sizeof(n));
		if (freed_by < last)
			*pages += n;
	}
	mdb_cursor_close(c);
	return rc == MDB_NOTFOUND ? 0 : rc == 0 ? -EIO : store_error(rc);
}

/* LMDB shows the lists of free pages to those who read only: a snapshot of
 * now is what this transaction began with, for nobody else writes. */
static int
count_free_now(struct store *s, size_t last, uint64_t *pages)
{
	struct store_txn *snapshot;
	int err = store_read(s, &snapshot);

	if (err)
		return err;
	err = count_free(snapshot->txn, last, pages);
	store_read_end(snapshot);
	return err;
}

/* The reserve is in use: the log of changes gives way. */
static int
shorten_log(struct store_txn *t)
{
	int err = 0;

	for (int i = 0; err == 0 && i < DROPS &&
	    t->meta.compacted < t->meta.revision; i++)
		err = store_log_drop(t);
	return err;
}

/*
 * A process that was killed in mid-read holds back all pages that were freed
 * since, and the file grows: so dead ones are looked for when it has grown.
 */
static void
forget_dead_readers(struct store *s, uint64_t end)
{
	int dead;

	if (end < s->checked_pages + STEP)
		return;
	s->checked_pages = end;
	mdb_reader_check(s->env, &dead);
}

int
store_space_begin(struct store_txn *t)
{
	struct store *s = t->store;
	MDB_envinfo info;
	uint64_t end;
	int err = 0;

	mdb_env_info(s->env, &info);
	end = info.me_last_pgno + 1;
	forget_dead_readers(s, end);
	allocate(s, end, end + STORE_RESERVE + COMFORT);
	t->free_pages = tail(s, end);
	t->spent = PAGES_TXN;
	if (t->free_pages < COMFORT + STORE_RESERVE)
		err = count_free_now(s, info.me_last_txnid, &t->free_pages);
	if (err == 0 && t->free_pages < STORE_RESERVE)
		err = shorten_log(t);
	return err;
}

static uint64_t
pages_of(const struct store *s, size_t n, unsigned keys)
{
	return n / s->page + (uint64_t)PAGES_KEY * keys + 1;
}

static bool
fits(const struct store_txn *t, uint64_t pages)
{
	return t->spent + pages + STORE_RESERVE <= t->free_pages;
}

/* More disk for a transaction that grows as it goes. */
static void
extend(struct store_txn *t, uint64_t pages)
{
	struct store *s = t->store;
	uint64_t before = s->disk_pages;

	if (s->disk_pages == 0 || s->disk_pages >= s->map_pages)
		return;
	allocate(s, before, before + pages + STEP);
	t->free_pages += s->disk_pages - before;
}

bool
store_may_grow(struct store_txn *t, size_t n, unsigned keys)
{
	uint64_t pages = pages_of(t->store, n, keys);

	if (!fits(t, pages))
		extend(t, pages);
	if (!fits(t, pages))
		return false;
	t->spent += pages;
	return true;
}

bool
store_may_shrink(struct store_txn *t, unsigned keys)
{
	uint64_t pages = pages_of(t->store, 0, keys);
	bool first = t->spent == PAGES_TXN;

	/* The first of a transaction may use what is set aside. */
	if (!first && !fits(t, pages))
		return false;
	t->spent += pages;
	return true;
}

bool
store_is_tight(const struct store_txn *t)
{
	return t->free_pages < COMFORT;
}

bool
store_is_full(const struct store_txn *t)
{
	return t->free_pages < STORE_RESERVE / 2 + PAGES_TXN;
}

int
store_figures(struct store_txn *t, struct store_figures *f)
{
	MDB_envinfo info;
	uint64_t pages = 0;
	int err = store_meta_load(t);

	if (err)
		return err;
	mdb_env_info(t->store->env, &info);
	err = count_free(t->txn, SIZE_MAX, &pages);
	*f = (struct store_figures){
		.revision = t->meta.revision, .compacted = t->meta.compacted,
		.keys = t->meta.keys, .bytes = t->meta.bytes,
		.clients = t->meta.clients, .floor = t->meta.floor,
		.used = (info.me_last_pgno + 1 - pages) * t->store->page,
		.map = t->store->map_pages * t->store->page,
	};
	return err;
}
