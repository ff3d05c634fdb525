/*
 * rpcalld --store-check: see store_check.h. Each tree is walked once and held
 * against the others and against the figures that the store has of itself.
 */
#include "server/store_check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "server/store_opid.h"

enum { PATH = 4096 };

void
check_fault(struct check *c, const char *fmt, ...)
{
	struct store_report *r = c->report;
	va_list ap;

	if (r->faults++ > 0)
		return;
	va_start(ap, fmt);
	vsnprintf(r->first, sizeof(r->first), fmt, ap);
	va_end(ap);
}

/* Calls visit with each entry of a tree, in order: 0 or -errno. */
int
check_each(struct check *c, int tree,
    int (*visit)(struct check *c, struct span key, struct span value))
{
	MDB_cursor *cursor;
	MDB_val k, v;
	int rc, err = store_error(mdb_cursor_open(c->txn.txn,
	    c->store.tree[tree], &cursor));

	if (err)
		return err;
	while (err == 0 &&
	    (rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) == 0)
		err = visit(c, (struct span){ k.mv_data, k.mv_size },
		    (struct span){ v.mv_data, v.mv_size });
	mdb_cursor_close(cursor);
	if (err == 0 && rc != MDB_NOTFOUND)
		check_fault(c, "tree %s cannot be read: %s", store_tree_names[tree],
		    mdb_strerror(rc));
	return err;
}

static int
visit_chunk(struct check *c, struct span key, struct span value)
{
	const struct store_meta *m = &c->txn.meta;
	struct store_log_at at;
	struct store_change change;
	uint64_t first;

	if (store_log_parse(key, value, &at) != 0) {
		check_fault(c, "a chunk of the log is damaged");
		return 0;
	}
	first = at.revision;
	if (c->logged == 0 ? first > m->compacted + 1 : first != c->logged + 1)
		check_fault(c, "the log has a gap before revision %llu",
		    (unsigned long long)first);
	c->logged = first + at.left - 1;
	if (c->logged <= m->compacted)
		check_fault(c, "changes to revision %llu are kept for nothing",
		    (unsigned long long)c->logged);
	while (at.left > 0)
		if (store_log_next(&at, &change) != 0)
			check_fault(c, "a change after revision %llu is damaged",
			    (unsigned long long)at.revision);
	return 0;
}

static int
check_changes(struct check *c)
{
	const struct store_meta *m = &c->txn.meta;
	int err = check_each(c, TREE_CHANGES, visit_chunk);

	if (c->logged == 0)
		c->logged = m->compacted;
	if (c->logged != m->revision)
		check_fault(c, "the log goes from %llu to %llu, not to %llu",
		    (unsigned long long)m->compacted,
		    (unsigned long long)c->logged,
		    (unsigned long long)m->revision);
	return err;
}

static void
check_answer(struct check *c, const struct store_client *known,
    uint64_t sequence, const uint8_t *bytes)
{
	struct store_answer a;

	c->report->answers++;
	if (store_answer_parse((struct span){ bytes, STORE_ANSWER_BYTES },
	    &a) != 0 || sequence <= known->floor ||
	    sequence > known->highest ||
	    a.revision > c->txn.meta.revision)
		check_fault(c, "an answer is not within what is kept: "
		    "sequence %llu", (unsigned long long)sequence);
}

/* Each answer is of a client that is known, within what is kept of it. */
static int
visit_block(struct check *c, struct span key, struct span value)
{
	struct store_client known;
	struct store_block b;
	struct span client = { key.data, STORE_CLIENT }, bytes;

	if (key.len != STORE_BLOCK_KEY || store_block_parse(value, &b) != 0 ||
	    store_tree_get(&c->txn, TREE_CLIENTS, client, &bytes) != 0 ||
	    store_client_parse(bytes, &known) != 0) {
		check_fault(c, "answers are damaged, or nobody's");
		return 0;
	}
	b.number = be64_get(key.data + STORE_CLIENT);
	for (unsigned i = 0; i < STORE_ANSWERS; i++)
		if (b.there >> i & 1)
			check_answer(c, &known, b.number * STORE_ANSWERS + i,
			    b.answers[i]);
	return 0;
}

static int
visit_client(struct check *c, struct span key, struct span value)
{
	struct store_client known;

	c->report->clients++;
	if (key.len != STORE_CLIENT || store_client_parse(value, &known) != 0 ||
	    known.highest < known.floor || known.kept > STORE_WINDOW ||
	    known.ticket > c->txn.meta.ticket)
		check_fault(c, "what is known of a client is damaged");
	else
		c->kept += known.kept;
	return 0;
}

static int
check_clients(struct check *c)
{
	int err = check_each(c, TREE_CLIENTS, visit_client);

	if (err == 0)
		err = check_each(c, TREE_ANSWERS, visit_block);
	if (c->kept != c->report->answers)
		check_fault(c, "%llu answers are kept, where clients have "
		    "%llu", (unsigned long long)c->report->answers,
		    (unsigned long long)c->kept);
	if (c->report->clients != c->txn.meta.clients)
		check_fault(c, "%llu clients, not %llu",
		    (unsigned long long)c->report->clients,
		    (unsigned long long)c->txn.meta.clients);
	return err;
}

static int
check_figures(struct check *c)
{
	const struct store_meta *m = &c->txn.meta;

	c->report->revision = m->revision;
	c->report->compacted = m->compacted;
	if (m->keys != c->report->keys || m->bytes != c->report->bytes)
		check_fault(c, "%llu keys of %llu bytes, not %llu of %llu",
		    (unsigned long long)c->report->keys,
		    (unsigned long long)c->report->bytes,
		    (unsigned long long)m->keys,
		    (unsigned long long)m->bytes);
	return 0;
}

static int
open_tree(struct check *c, int tree)
{
	return store_error(mdb_dbi_open(c->txn.txn, store_tree_names[tree], 0,
	    &c->store.tree[tree]));
}

static int
check_trees(struct check *c)
{
	int err = open_tree(c, TREE_META);

	if (err == 0)
		err = store_meta_load(&c->txn);
	if (err == 0 && c->txn.meta.format != STORE_FORMAT) {
		check_fault(c, "format %llu, not %d", (unsigned long long)
		    c->txn.meta.format, STORE_FORMAT);
		return 0;
	}
	for (int i = 0; err == 0 && i < TREE_META; i++)
		err = open_tree(c, i);
	if (err == -ENOENT || err == -EIO) {
		check_fault(c, "its trees are not there, or damaged");
		return 0;
	}
	if (err == 0)
		err = check_keys(c);
	if (err == 0)
		err = check_changes(c);
	if (err == 0)
		err = check_clients(c);
	return err ? err : check_figures(c);
}

/* A file that ends before its pages do would kill who reads it. */
static bool
is_whole(struct check *c, const char *path)
{
	MDB_envinfo info;
	MDB_stat stat_;
	struct stat st;

	mdb_env_info(c->store.env, &info);
	mdb_env_stat(c->store.env, &stat_);
	if (stat(path, &st) == 0 && (uint64_t)st.st_size >=
	    (uint64_t)(info.me_last_pgno + 1) * stat_.ms_psize)
		return true;
	check_fault(c, "%s ends before its last page", path);
	return false;
}

static int
check_env(struct check *c, const char *dir, const char *path)
{
	int rc = mdb_env_create(&c->store.env);

	if (rc == 0)
		rc = mdb_env_set_maxdbs(c->store.env, TREES);
	if (rc == 0)
		rc = mdb_env_open(c->store.env, dir, MDB_RDONLY | MDB_NOTLS,
		    0600);
	if (rc == 0 && !is_whole(c, path))
		return 0;
	if (rc == 0)
		rc = mdb_txn_begin(c->store.env, NULL, MDB_RDONLY,
		    &c->txn.txn);
	if (rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH ||
	    rc == MDB_CORRUPTED) {
		check_fault(c, "%s: %s", path, mdb_strerror(rc));
		return 0;
	}
	if (rc != 0)
		return rc > 0 ? -rc : -EIO;
	rc = check_trees(c);
	if (rc != 0)
		check_fault(c, "it cannot be read: %s", strerror(-rc));
	return 0;
}

int
store_check(const char *dir, struct store_report *r)
{
	struct check c = { .report = r };
	char inner[PATH], path[PATH + 16];
	struct stat st;
	int err;

	memset(r, 0, sizeof(*r));
	snprintf(inner, sizeof(inner), "%s/kv", dir);
	if (stat(inner, &st) == 0 && S_ISDIR(st.st_mode))
		dir = inner;
	snprintf(path, sizeof(path), "%s/data.mdb", dir);
	if (stat(path, &st) < 0)
		return -errno;
	c.txn.store = &c.store;
	err = check_env(&c, dir, path);
	if (c.txn.txn != NULL)
		mdb_txn_abort(c.txn.txn);
	if (c.store.env != NULL)
		mdb_env_close(c.store.env);
	return err;
}
