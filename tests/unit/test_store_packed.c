/*
 * What a store keeps in records of many: its log of changes, and the answers of
 * its clients, against models; and a store whose format had a record for each.
 * Run by main.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/store_check.h"
#include "server/store_opid.h"
#include "suites.h"

enum { CHANGES = 4000, CLIENTS = 90, CALLS = 6000, TXN_MAX = 300 };

static char dir[64];
static struct store *store;
static struct store_txn *t;
static uint64_t kept;	/* changes of the log */

static void
make_dir(void)
{
	strcpy(dir, "/tmp/rpcall-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void
open_store(void)
{
	struct store_options o = { .dir = dir, .map = 64 << 20,
		.changes = kept, .clients = 2 * CLIENTS,
		.durability = STORE_ASYNC };
	char why[256];

	ck_assert_msg(store_open(&store, &o, why, sizeof(why)) == 0, "%s",
	    why);
}

static void
commit(void)
{
	bool synced;

	ck_assert_int_eq(store_commit(t, &synced), 0);
}

static void
check_sound(void)
{
	struct store_report r;

	ck_assert_int_eq(store_check(dir, &r), 0);
	ck_assert_msg(r.faults == 0, "%s", r.first);
}

/* One process may have a store open once: so it is checked in between. */
static void
reopen(void)
{
	store_close(store);
	check_sound();
	open_store();
}

static void
close_store(void)
{
	static const char *const leaves[] = { "data.mdb", "lock.mdb",
		"writer" };
	char path[128];

	store_close(store);
	check_sound();
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, leaves[i]);
		unlink(path);
	}
	rmdir(dir);
}

/* The key that is changed in a revision: all lengths, so that chunks end
 * anywhere. */
static struct span
key_of(uint64_t revision)
{
	static uint8_t bytes[STORE_KEY_MAX];
	size_t len = 8 + (size_t)(revision * 7919 % (revision % 16 == 0 ?
	    STORE_KEY_MAX - 7 : 40));

	memset(bytes, 'k', sizeof(bytes));
	be64_put(bytes, revision % 50);
	return (struct span){ bytes, len };
}

static void
check_change(uint64_t revision)
{
	struct span key = key_of(revision);
	struct store_change c;

	ck_assert_int_eq(store_change_at(t, revision, &c), 0);
	ck_assert_uint_eq(c.revision, revision);
	ck_assert_uint_eq(c.kind, STORE_PUT);
	ck_assert_uint_eq(c.key.len, key.len);
	ck_assert_mem_eq(c.key.data, key.data, key.len);
}

/* What is kept is found: in order, and from anywhere. */
static void
check_log(uint64_t last)
{
	struct store_change c;
	struct store_bounds b;

	ck_assert_int_eq(store_read(store, &t), 0);
	ck_assert_int_eq(store_bounds(t, &b), 0);
	ck_assert_uint_eq(b.revision, last);
	ck_assert_uint_eq(b.compacted, last > kept ? last - kept : 0);
	for (uint64_t i = b.compacted + 1; i <= last; i++)
		check_change(i);
	for (int i = 0; i < 20 && kept > 0; i++)
		check_change(b.compacted + 1 + (uint64_t)rand() %
		    (last - b.compacted));
	ck_assert_int_eq(store_change_at(t, last + 1, &c), -ENOENT);
	ck_assert_int_eq(store_change_at(t, 0, &c), -ENOENT);
	store_read_end(t);
}

START_TEST(each_change_that_is_kept_is_in_the_log)
{
	uint64_t revision = 0;

	/* A log of many chunks, of a part of one, and none. */
	kept = (uint64_t[]){ 100, 5, 0 }[_i];
	srand((unsigned)_i);
	make_dir();
	open_store();
	while (revision < CHANGES) {
		ck_assert_int_eq(store_write(store, &t), 0);
		for (int n = 1 + rand() % TXN_MAX; n > 0; n--)
			ck_assert_int_eq(store_put(t, key_of(++revision),
			    (struct span){ NULL, 0 }, 0), 0);
		/* What is given up leaves nothing. */
		if (rand() % 4 == 0) {
			store_abort(t);
			ck_assert_int_eq(store_write(store, &t), 0);
			ck_assert_int_eq(store_revision(t, &revision), 0);
			ck_assert_int_eq(store_put(t, key_of(++revision),
			    (struct span){ NULL, 0 }, 0), 0);
		}
		commit();
		check_log(revision);
		reopen();
	}
	close_store();
}
END_TEST

/* More clients than a transaction has places for. */
static struct client {
	uint64_t floor, highest, kept;
	uint64_t sequences[STORE_WINDOW + 1];	/* whose answers are kept */
} clients[CLIENTS];

static void
remove_at(struct client *c, uint64_t i)
{
	c->sequences[i] = c->sequences[--c->kept];
}

static int
find_sequence(const struct client *c, uint64_t sequence)
{
	for (uint64_t i = 0; i < c->kept; i++)
		if (c->sequences[i] == sequence)
			return (int)i;
	return -1;
}

static void
keep_in_model(struct client *c, uint64_t sequence, uint64_t done)
{
	uint64_t lowest = 0;

	if (done > c->floor)
		c->floor = done;
	for (uint64_t i = c->kept; i-- > 0; )
		if (c->sequences[i] <= c->floor)
			remove_at(c, i);
	c->sequences[c->kept++] = sequence;
	if (sequence > c->highest)
		c->highest = sequence;
	if (c->kept <= STORE_WINDOW)
		return;
	for (uint64_t i = 1; i < c->kept; i++)
		if (c->sequences[i] < c->sequences[lowest])
			lowest = i;
	c->floor = c->sequences[lowest];
	remove_at(c, lowest);
}

/* A call of a client: near its last, far ahead, behind, or out of reach. */
static void
call(unsigned number)
{
	struct client *c = &clients[number];
	uint8_t id[STORE_CLIENT] = { [3] = (uint8_t)number };
	uint64_t sequence = c->highest + (uint64_t)(rand() % 8 != 0 ?
	    1 : rand() % (STORE_WINDOW + 9)), back = 1 + (uint64_t)(rand() %
	    (rand() % 4 != 0 ? 40 : 2000)), floor;
	struct store_opid opid = { .client = id };
	struct store_answer a;
	int state;

	if (rand() % 8 == 0)
		sequence = sequence > back ? sequence - back : 1;
	opid.sequence = sequence == 0 ? 1 : sequence;
	/* Every other client says hardly ever what it has. */
	if (number % 2 ? rand() % 4 != 0 : rand() % 512 == 0)
		opid.done = opid.sequence > back ? opid.sequence - back : 0;
	state = store_opid_find(t, &opid, &a, &floor);
	ck_assert_uint_eq(floor, c->floor);
	if (opid.sequence <= c->floor || (opid.sequence > c->highest &&
	    opid.sequence - c->highest > STORE_WINDOW)) {
		ck_assert_int_eq(state, OPID_STALE);
	} else if (find_sequence(c, opid.sequence) >= 0) {
		ck_assert_int_eq(state, OPID_AGAIN);
		ck_assert_uint_eq(a.first, opid.sequence);
		ck_assert_uint_eq(a.digest, number);
	} else {
		ck_assert_int_eq(state, OPID_NEW);
		a = (struct store_answer){ .first = opid.sequence,
			.digest = number };
		ck_assert_int_eq(store_opid_keep(t, &opid, &a), 0);
		keep_in_model(c, opid.sequence, opid.done);
	}
}

START_TEST(answers_are_what_a_model_keeps)
{
	srand((unsigned)_i);
	make_dir();
	open_store();
	memset(clients, 0, sizeof(clients));
	for (int calls = 0; calls < CALLS; ) {
		/* A few clients at a time, or all of them by turns. */
		unsigned among = rand() % 2 ? 3 : CLIENTS;

		ck_assert_int_eq(store_write(store, &t), 0);
		for (int n = rand() % TXN_MAX; n >= 0; n--, calls++)
			call((unsigned)rand() % among);
		commit();
		reopen();
	}
	close_store();
}
END_TEST

static void
put_old(MDB_txn *txn, const char *tree, struct span key, struct span value)
{
	MDB_val k = { key.len, (void *)(uintptr_t)key.data };
	MDB_val v = { value.len, (void *)(uintptr_t)value.data };
	MDB_dbi dbi;

	ck_assert_int_eq(mdb_dbi_open(txn, tree, MDB_CREATE, &dbi), 0);
	if (key.len > 0)
		ck_assert_int_eq(mdb_put(txn, dbi, &k, &v, 0), 0);
}

/* Numbers as they are stored: of n of them, each 8 bytes. */
static struct span
numbers(uint8_t *bytes, const uint64_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		be64_put(bytes + 8 * i, list[i]);
	return (struct span){ bytes, 8 * n };
}

static void
fill_old(MDB_txn *txn)
{
	static const char *const trees[] = { "data", "changes", "expiry",
		"answers", "clients", "meta" };
	struct store_meta m = { .format = 1, .revision = 1, .keys = 1,
		.bytes = 2, .clients = 1, .ticket = 1 };
	uint64_t words[sizeof(m) / 8];
	uint8_t a[128], b[128];
	struct store_answer answer = { .first = 1, .revision = 1,
		.digest = 99 };

	for (int i = 0; i < 6; i++)
		put_old(txn, trees[i], (struct span){ NULL, 0 },
		    (struct span){ NULL, 0 });
	numbers(b, (uint64_t[]){ 1, 0 }, 2);
	b[16] = 'v';
	put_old(txn, "data", (struct span){ (const uint8_t *)
	    "\0\0\0\0\0\0\0\0k", 9 }, (struct span){ b, 17 });
	put_old(txn, "changes", numbers(a, (uint64_t[]){ 1 }, 1),
	    (struct span){ (const uint8_t *)"\0k", 2 });
	store_answer_fill(b, &answer);
	memset(a, 7, STORE_CLIENT);
	numbers(a + STORE_CLIENT, (uint64_t[]){ 70 }, 1);
	put_old(txn, "answers", (struct span){ a, STORE_CLIENT + 8 },
	    (struct span){ b, STORE_ANSWER_BYTES });
	put_old(txn, "clients", (struct span){ a, STORE_CLIENT },
	    numbers(b, (uint64_t[]){ 60, 70, 1, 1 }, 4));
	memcpy(words, &m, sizeof(m));
	put_old(txn, "meta", (struct span){ (const uint8_t *)"store", 5 },
	    numbers(b, words, sizeof(m) / 8));
}

static void
make_old(void)
{
	MDB_env *env;
	MDB_txn *txn;

	make_dir();
	ck_assert_int_eq(mdb_env_create(&env), 0);
	ck_assert_int_eq(mdb_env_set_maxdbs(env, 6), 0);
	ck_assert_int_eq(mdb_env_open(env, dir, 0, 0600), 0);
	ck_assert_int_eq(mdb_txn_begin(env, NULL, 0, &txn), 0);
	fill_old(txn);
	ck_assert_int_eq(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

START_TEST(a_store_of_the_format_before_keeps_its_keys_and_answers)
{
	uint8_t id[STORE_CLIENT];
	struct store_opid opid = { id, 70, 0 };
	struct store_answer a;
	struct store_change c;
	struct store_entry e;
	struct store_bounds b;
	uint64_t floor;

	memset(id, 7, sizeof(id));
	make_old();
	/* Once to change it, and once as it is then. */
	for (int i = 0; i < 2; i++) {
		open_store();
		ck_assert_int_eq(store_write(store, &t), 0);
		ck_assert_int_eq(store_opid_find(t, &opid, &a, &floor),
		    OPID_AGAIN);
		ck_assert_uint_eq(a.digest, 99);
		ck_assert_uint_eq(floor, 60);
		ck_assert_int_eq(store_get(t, (struct span){
		    (const uint8_t *)"k", 1 }, &e), 0);
		ck_assert_uint_eq(e.value.len, 1);
		ck_assert_int_eq(store_bounds(t, &b), 0);
		ck_assert_uint_eq(b.revision, 1);
		ck_assert_uint_eq(b.compacted, 1);
		ck_assert_int_eq(store_change_at(t, 1, &c), -ENOENT);
		store_abort(t);
		if (i == 0)
			store_close(store);
	}
	close_store();
}
END_TEST

Suite *
store_packed_suite(void)
{
	Suite *s = suite_create("store_packed");
	TCase *tc = tcase_create("store_packed");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, each_change_that_is_kept_is_in_the_log, 0, 3);
	tcase_add_loop_test(tc, answers_are_what_a_model_keeps, 0, 4);
	tcase_add_test(tc,
	    a_store_of_the_format_before_keeps_its_keys_and_answers);
	suite_add_tcase(s, tc);
	return s;
}
