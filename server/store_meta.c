/*
 * What a store knows of itself: its record in the tree `meta`, and the clock
 * by which keys expire.
 *
 * The clock is CLOCK_BOOTTIME plus what the record says, which all processes
 * share. After another boot it goes on where it was at the last commit.
 */
#include <errno.h>
#include <time.h>

#include "clock.h"
#include "fd.h"
#include "server/store_lmdb.h"

enum { WORDS = sizeof(struct store_meta) / sizeof(uint64_t) };

static const struct span name = { (const uint8_t *)"store", 5 };

static void
read_boot(uint64_t boot[2])
{
	char text[64] = "";
	int digits = 0;

	boot[0] = boot[1] = 0;
	fd_slurp("/proc/sys/kernel/random/boot_id", text, sizeof(text));
	for (const char *p = text; *p != '\0' && digits < 32; p++)
		if ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'f')) {
			uint64_t *half = &boot[digits++ / 16];

			*half = *half << 4 | (uint64_t)(*p <= '9' ? *p - '0' :
			    *p - 'a' + 10);
		}
}

static uint64_t
boottime_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / NS_PER_MS;
}

uint64_t
store_clock(const struct store *s)
{
	return boottime_ms() + (uint64_t)s->clock_offset;
}

static void
set_anchor(struct store_meta *m, const uint64_t boot[2])
{
	m->boot[0] = boot[0];
	m->boot[1] = boot[1];
	m->anchor_clock = m->clock;
	m->anchor_boot = boottime_ms();
}

bool
store_meta_update(struct store_meta *m, const struct store_options *o)
{
	struct store_meta before = *m;
	uint64_t boot[2];

	read_boot(boot);
	if (m->boot[0] != boot[0] || m->boot[1] != boot[1])
		set_anchor(m, boot);
	if (o->durability != STORE_AS_IT_IS)
		m->async = o->durability == STORE_ASYNC;
	return memcmp(&before, m, sizeof(before)) != 0;
}

void
store_meta_take(struct store *s, const struct store_meta *m)
{
	s->clock_offset = (int64_t)(m->anchor_clock - m->anchor_boot);
	s->async = m->async;
}

int
store_meta_load(struct store_txn *t)
{
	uint64_t words[WORDS];
	struct span value;
	int err;

	if (t->has_meta)
		return 0;
	err = store_tree_get(t, TREE_META, name, &value);
	if (err)
		return err;
	if (value.len != sizeof(words))
		return -EIO;
	for (int i = 0; i < WORDS; i++)
		words[i] = be64_get(value.data + i * 8);
	memcpy(&t->meta, words, sizeof(words));
	t->has_meta = true;
	return 0;
}

int
store_meta_save(struct store_txn *t)
{
	uint64_t words[WORDS];
	uint8_t bytes[sizeof(words)];

	if (!t->changed)
		return 0;
	t->meta.clock = store_clock(t->store);
	memcpy(words, &t->meta, sizeof(words));
	for (int i = 0; i < WORDS; i++)
		be64_put(bytes + i * 8, words[i]);
	return store_tree_put(t, TREE_META, name,
	    (struct span){ bytes, sizeof(bytes) }, 0);
}

int
store_revision(struct store_txn *t, uint64_t *revision)
{
	int err = store_meta_load(t);

	*revision = t->meta.revision;
	return err;
}

int
store_bounds(struct store_txn *t, struct store_bounds *b)
{
	int err = store_meta_load(t);

	b->revision = t->meta.revision;
	b->compacted = t->meta.compacted;
	return err;
}

void
store_keep_clock(struct store_txn *t)
{
	t->changed = true;
}

bool
store_is_async(const struct store *s)
{
	return s->async;
}
