/*
 * What the workloads of KV share: work_kv.c makes the calls and knows the
 * answers, work_kv_store.c gets the store ready and asks what it has done.
 */
#ifndef RPCALL_WORK_KV_H
#define RPCALL_WORK_KV_H

#include "kv.h"
#include "measure/work.h"

enum {
	KV_WORK_KEY = 32,	/* bytes of a key at most, and a zero */
	KV_WORK_CLIENTS = 1024,	/* connections beyond share theirs */
};

/* Of a subject: clients of KV, one a connection. */
struct kv_writer {
	bool ready;
	uint8_t id[KV_CLIENT_SIZE];	/* of the first; of others alike */
	uint64_t sequence;		/* with which they begin */
	uint64_t sent[KV_WORK_CLIENTS];
};

struct kv_state {
	unsigned keys;
	struct kv_writer writers[WORK_SUBJECTS_MAX];
	struct kv_writer *writer;	/* in this round */
};

static inline struct kv_state *
kv_work_state(const struct work *w)
{
	return w->state;
}

/* The i-th key, in text: all of a size are equally long. */
kv_key kv_make_key(const struct work *w, unsigned i, char text[KV_WORK_KEY]);

/* Its value, of w->size bytes. */
void kv_make_value(const struct work *w, unsigned i, uint8_t *value);

/* As in struct work_ops. */
int kv_begin(struct work *w, struct conn *c, unsigned subject,
    struct failure *f);
int kv_account(struct work *w, struct conn *c, struct ledger *l);
void kv_clean(struct work *w, struct conn *c);

#endif
