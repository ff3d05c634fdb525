/*
 * Preloaded into a server under test: a bug is planted between it and LMDB, so
 * that a test can see that the checks of tests/crash notice. Never part of the
 * product.
 *
 *	PLANT=lost	one commit in PLANT_EVERY is dropped and called a success
 *	PLANT=half	one record in PLANT_EVERY is left out of its transaction
 *	PLANT=flip	one record in PLANT_EVERY is stored with a byte changed
 *	PLANT=forget	the database PLANT_DBI takes no record
 *	PLANT=nosync	nothing is synced, and no file is opened for that
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char plant[16];
static const char *dbi_name = "";
static long every = 7;
static atomic_long commits, puts_done;
static atomic_uint planted_dbi = ~0u;
static char *flip_soon;	/* one thread writes */

__attribute__((constructor)) static void
setup(void)
{
	const char *name = getenv("PLANT"), *n = getenv("PLANT_EVERY");

	strncpy(plant, name != NULL ? name : "", sizeof(plant) - 1);
	if (n != NULL)
		every = atol(n);
	if (getenv("PLANT_DBI") != NULL)
		dbi_name = getenv("PLANT_DBI");
}

static bool
planted(const char *name)
{
	return strcmp(plant, name) == 0;
}

static bool
is_turn(atomic_long *count)
{
	return (atomic_fetch_add(count, 1) + 1) % every == 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int
mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *dbi)
{
	int err = REAL(mdb_dbi_open)(txn, name, flags, dbi);

	if (err == 0 && name != NULL && strcmp(name, dbi_name) == 0)
		planted_dbi = *dbi;
	return err;
}

/* A record left out: what is reserved for it is somewhere else. */
static int
put_nowhere(MDB_val *data, unsigned flags)
{
	static char *nowhere;

	if (!(flags & MDB_RESERVE))
		return 0;
	nowhere = realloc(nowhere, data->mv_size + 1);
	data->mv_data = nowhere;
	return 0;
}

/* One byte of a record is another: now, or, where what is reserved is filled
 * afterwards, before the next thing happens. */
static int
put_flipped(MDB_cursor *cursor, MDB_val *key, MDB_val *data, unsigned flags)
{
	static char *other;
	MDB_val changed = *data;
	int err;

	if (!(flags & MDB_RESERVE) && data->mv_size > 0) {
		other = realloc(other, data->mv_size);
		memcpy(other, data->mv_data, data->mv_size);
		other[data->mv_size - 1] ^= 1;
		changed.mv_data = other;
	}
	err = REAL(mdb_cursor_put)(cursor, key, &changed, flags);
	if (err == 0 && (flags & MDB_RESERVE) && data->mv_size > 0) {
		*data = changed;
		flip_soon = (char *)data->mv_data + data->mv_size - 1;
	}
	return err;
}

static void
flip_now(void)
{
	if (flip_soon != NULL)
		*flip_soon ^= 1;
	flip_soon = NULL;
}

/* Readers' transactions end with an abort: what commits has written. */
int
mdb_txn_commit(MDB_txn *txn)
{
	flip_now();
	if (planted("lost") && is_turn(&commits)) {
		mdb_txn_abort(txn);
		return 0;
	}
	return REAL(mdb_txn_commit)(txn);
}

/* Of the planted tree: is this record to be left out? */
static bool
is_left_out(void)
{
	return planted("forget") || (planted("half") && is_turn(&puts_done));
}

int
mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data,
    unsigned flags)
{
	flip_now();
	return dbi == planted_dbi && is_left_out() ?
	    put_nowhere(data, flags) :
	    REAL(mdb_put)(txn, dbi, key, data, flags);
}

int
mdb_cursor_put(MDB_cursor *cursor, MDB_val *key, MDB_val *data,
    unsigned flags)
{
	flip_now();
	if (mdb_cursor_dbi(cursor) == planted_dbi) {
		if (is_left_out())
			return put_nowhere(data, flags);
		if (planted("flip") && is_turn(&puts_done))
			return put_flipped(cursor, key, data, flags);
	}
	return REAL(mdb_cursor_put)(cursor, key, data, flags);
}

int
fdatasync(int fd)
{
	return planted("nosync") ? 0 : REAL(fdatasync)(fd);
}

int
fsync(int fd)
{
	return planted("nosync") ? 0 : REAL(fsync)(fd);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return REAL(open)(path,
	    planted("nosync") ? flags & ~(O_SYNC | O_DSYNC) : flags, mode);
}
