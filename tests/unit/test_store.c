/*
 * The store behind KV: random keys of all lengths against a sorted array, and
 * what is kept of clients and their calls. Run by main.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/store_write.h"
#include "server/store_check.h"
#include "suites.h"

enum { KEYS = 400, ROUNDS = 3000, PROBES = 200 };

static char dir[64];
static struct store *store;

static void
open_store(uint64_t clients)
{
	struct store_options o = { .dir = dir, .map = 64 << 20,
		.changes = 100, .clients = clients,
		.durability = STORE_ASYNC };
	char why[256];

	strcpy(dir, "/tmp/rpcall-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_msg(store_open(&store, &o, why, sizeof(why)) == 0, "%s",
	    why);
}

static void
close_store(void)
{
	static const char *const leaves[] = { "data.mdb", "lock.mdb",
		"writer" };
	struct store_report r;
	char path[128];

	store_close(store);
	ck_assert_int_eq(store_check(dir, &r), 0);
	ck_assert_msg(r.faults == 0, "%s", r.first);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, leaves[i]);
		unlink(path);
	}
	rmdir(dir);
}

/* The model: keys in order, and whether each is there. */
static struct model {
	uint8_t bytes[STORE_KEY_MAX];
	size_t len;
	bool there;
	uint8_t value;
} model[KEYS];

static int
compare(const void *a, const void *b)
{
	const struct model *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int c = memcmp(x->bytes, y->bytes, n);

	return c != 0 ? c : (x->len > y->len) - (x->len < y->len);
}

/* Few different bytes, and lengths around those where a level ends: many keys
 * are the beginning of others. */
static void
make_keys(void)
{
	static const size_t ends[] = { 1, 8, 501, 502, 503, 1003, 1004, 1005,
		1024 };

	for (int i = 0; i < KEYS; i++) {
		struct model *m = &model[i];

		m->len = i % 2 ? ends[rand() % 9] :
		    1 + (size_t)(rand() % STORE_KEY_MAX);
		memset(m->bytes, "\0\1\xff"[rand() % 3], m->len);
		if (rand() % 2)
			m->bytes[m->len - 1] = (uint8_t)(rand() % 3);
		if (rand() % 2)
			m->bytes[rand() % (int)m->len] = (uint8_t)rand();
		m->there = false;
	}
	qsort(model, KEYS, sizeof(*model), compare);
}

static struct span
key_of(const struct model *m)
{
	return (struct span){ m->bytes, m->len };
}

/* The same key may be in the model more than once: they change together. */
static void
set(struct model *m, bool there, uint8_t value)
{
	for (int i = 0; i < KEYS; i++)
		if (compare(&model[i], m) == 0) {
			model[i].there = there;
			model[i].value = value;
		}
}

static void
change_one(struct store_txn *t)
{
	struct model *m = &model[rand() % KEYS];
	uint8_t value = (uint8_t)rand();
	int err;

	if (rand() % 2) {
		err = store_put(t, key_of(m), (struct span){ &value, 1 }, 0);
		ck_assert_int_eq(err, 0);
		set(m, true, value);
		return;
	}
	err = store_delete(t, key_of(m));
	ck_assert_int_eq(err, m->there ? 0 : -ENOENT);
	set(m, false, 0);
}

/* From model[from] on, the store has what the model has, in its order. */
static void
check_from(struct store_txn *t, int from)
{
	struct store_iter *it = store_iter_new(t, key_of(&model[from]));
	struct store_entry e;
	struct span key;
	bool lasts;
	int gone;

	for (int i = from; i < KEYS; i++) {
		if (!model[i].there || (i > from &&
		    compare(&model[i], &model[i - 1]) == 0))
			continue;
		ck_assert_int_eq(store_iter_next(it, &key, &lasts, &e, &gone),
		    1);
		ck_assert_uint_eq(key.len, model[i].len);
		ck_assert_int_eq(memcmp(key.data, model[i].bytes, key.len), 0);
		ck_assert_uint_eq(e.value.data[0], model[i].value);
	}
	ck_assert_int_eq(store_iter_next(it, &key, &lasts, &e, &gone), 0);
	store_iter_free(it);
}

static void
check_gets(struct store_txn *t)
{
	struct store_entry e;

	for (int i = 0; i < KEYS; i++) {
		int err = store_get(t, key_of(&model[i]), &e);

		ck_assert_int_eq(err, model[i].there ? 0 : -ENOENT);
		if (err == 0)
			ck_assert_uint_eq(e.value.data[0], model[i].value);
	}
}

START_TEST(keys_of_all_lengths_are_found_in_order_after_any_changes)
{
	struct store_txn *t;
	bool synced;

	srand((unsigned)_i + 1);
	open_store(10);
	make_keys();
	for (int i = 0; i < ROUNDS; i += 100) {
		ck_assert_int_eq(store_write(store, &t), 0);
		for (int k = 0; k < 100; k++)
			change_one(t);
		ck_assert_int_eq(store_commit(t, &synced), 0);
	}
	ck_assert_int_eq(store_read(store, &t), 0);
	check_gets(t);
	for (int i = 0; i < PROBES; i++)
		check_from(t, rand() % KEYS);
	store_read_end(t);
	close_store();
}
END_TEST

START_TEST(removing_every_key_leaves_no_level_behind)
{
	struct store_txn *t;
	struct store_figures f;
	bool synced;

	srand(7);
	open_store(10);
	make_keys();
	ck_assert_int_eq(store_write(store, &t), 0);
	for (int i = 0; i < KEYS; i++)
		store_put(t, key_of(&model[i]), (struct span){ NULL, 0 }, 0);
	for (int i = 0; i < KEYS; i++)
		store_delete(t, key_of(&model[KEYS - 1 - i]));
	ck_assert_int_eq(store_commit(t, &synced), 0);
	ck_assert_int_eq(store_read(store, &t), 0);
	ck_assert_int_eq(store_figures(t, &f), 0);
	ck_assert_uint_eq(f.keys, 0);
	ck_assert_uint_eq(f.bytes, 0);
	store_read_end(t);
	close_store();
}
END_TEST

static int
find(struct store_txn *t, uint8_t client, uint64_t sequence, uint64_t *floor)
{
	uint8_t id[STORE_CLIENT] = { client };
	struct store_opid opid = { id, sequence, 0 };
	struct store_answer a;

	return store_opid_find(t, &opid, &a, floor);
}

static void
keep(struct store_txn *t, uint8_t client, uint64_t sequence, uint64_t done)
{
	uint8_t id[STORE_CLIENT] = { client };
	struct store_opid opid = { id, sequence, done };
	struct store_answer a = { .status = client, .first = sequence };

	ck_assert_int_eq(store_opid_keep(t, &opid, &a), 0);
}

START_TEST(answers_are_kept_within_the_window_of_a_client)
{
	struct store_txn *t;
	uint64_t floor;
	bool synced;

	open_store(10);
	ck_assert_int_eq(store_write(store, &t), 0);
	ck_assert_int_eq(find(t, 1, 1, &floor), OPID_NEW);
	ck_assert_int_eq(find(t, 1, STORE_WINDOW, &floor), OPID_NEW);
	ck_assert_int_eq(find(t, 1, STORE_WINDOW + 1, &floor), OPID_STALE);
	keep(t, 1, 3, 0);
	keep(t, 1, 1, 0);
	ck_assert_int_eq(find(t, 1, 2, &floor), OPID_NEW);
	ck_assert_int_eq(find(t, 1, 3, &floor), OPID_AGAIN);
	ck_assert_int_eq(find(t, 2, 3, &floor), OPID_NEW);
	keep(t, 1, 5, 2);
	ck_assert_int_eq(find(t, 1, 2, &floor), OPID_STALE);
	ck_assert_uint_eq(floor, 2);
	ck_assert_int_eq(find(t, 1, 3, &floor), OPID_AGAIN);
	for (uint64_t i = 6; i < 6 + STORE_WINDOW; i++)
		keep(t, 1, i, 2);
	ck_assert_int_eq(find(t, 1, 5, &floor), OPID_STALE);
	ck_assert_int_eq(find(t, 1, 6, &floor), OPID_AGAIN);
	ck_assert_int_eq(store_commit(t, &synced), 0);
	close_store();
}
END_TEST

START_TEST(the_longest_unused_clients_are_forgotten_and_leave_a_floor)
{
	struct store_txn *t;
	struct store_figures f;
	uint64_t floor;
	bool synced;

	open_store(3);
	ck_assert_int_eq(store_write(store, &t), 0);
	keep(t, 1, 9, 0);
	keep(t, 2, 1, 0);
	keep(t, 3, 1, 0);
	keep(t, 1, 10, 0);	/* used last: the second goes */
	keep(t, 4, 1, 0);
	ck_assert_int_eq(find(t, 1, 10, &floor), OPID_AGAIN);
	ck_assert_int_eq(find(t, 2, 1, &floor), OPID_STALE);
	ck_assert_uint_eq(floor, 1);
	ck_assert_int_eq(find(t, 5, 2, &floor), OPID_NEW);
	keep(t, 3, 2, 0);
	keep(t, 4, 2, 0);
	keep(t, 5, 2, 0);	/* now the first goes */
	ck_assert_int_eq(find(t, 1, 10, &floor), OPID_STALE);
	ck_assert_uint_eq(floor, 10);
	ck_assert_int_eq(store_commit(t, &synced), 0);
	ck_assert_int_eq(store_read(store, &t), 0);
	ck_assert_int_eq(store_figures(t, &f), 0);
	ck_assert_uint_eq(f.clients, 3);
	store_read_end(t);
	close_store();
}
END_TEST

Suite *
store_suite(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("store");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t,
	    keys_of_all_lengths_are_found_in_order_after_any_changes, 0, 5);
	tcase_add_test(t, removing_every_key_leaves_no_level_behind);
	tcase_add_test(t, answers_are_kept_within_the_window_of_a_client);
	tcase_add_test(t,
	    the_longest_unused_clients_are_forgotten_and_leave_a_floor);
	suite_add_tcase(s, t);
	return s;
}
