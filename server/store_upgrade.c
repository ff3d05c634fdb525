/*
 * A store of the format before this one, whose answers and changes had a record
 * each:
 *
 *   answers  client (16), sequence (8) -> answer (28)
 *   changes  revision (8) -> kind (1), key
 *
 * Answers are kept, so that no call runs twice. Changes are not: who watches
 * them is told that they are COMPACTED, and looks at the keys.
 */
#include <errno.h>

#include "server/store_opid.h"

static int
take_answer(struct store_txn *t, MDB_val key, MDB_val value)
{
	const uint8_t *id = key.mv_data;
	struct store_known *k;
	struct store_block *b;
	uint64_t sequence;
	int err;

	if (key.mv_size != STORE_CLIENT + 8 ||
	    value.mv_size != STORE_ANSWER_BYTES)
		return -EIO;
	sequence = be64_get(id + STORE_CLIENT);
	err = store_known_get(t, id, &k);
	if (err == 0)
		err = store_known_block(t, k, sequence, &b);
	if (err)
		return err;
	memcpy(b->answers[sequence % STORE_ANSWERS], value.mv_data,
	    STORE_ANSWER_BYTES);
	b->there |= store_block_bit(sequence);
	b->changed = true;
	return 0;
}

static int
take_answers(struct store_txn *t, MDB_dbi old)
{
	MDB_cursor *c;
	MDB_val k, v;
	int rc = 0, err = store_error(mdb_cursor_open(t->txn, old, &c));

	if (err)
		return err;
	while (err == 0 && (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0)
		err = take_answer(t, k, v);
	mdb_cursor_close(c);
	return err != 0 || rc == MDB_NOTFOUND ? err : store_error(rc);
}

int
store_upgrade(struct store_txn *t)
{
	MDB_dbi answers, changes;
	int err = store_error(mdb_dbi_open(t->txn, "answers", 0, &answers));

	if (err == 0)
		err = store_error(mdb_dbi_open(t->txn, "changes", 0,
		    &changes));
	if (err == 0)
		err = take_answers(t, answers);
	if (err == 0)
		err = store_error(mdb_drop(t->txn, answers, 1));
	if (err == 0)
		err = store_error(mdb_drop(t->txn, changes, 1));
	t->meta.compacted = t->meta.revision;
	t->meta.format = STORE_FORMAT;
	return err == -ENOENT ? -EIO : err;
}
