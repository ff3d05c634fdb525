/*
 * The parts of the service KV (idl/kv.x): svc_kv.c takes calls, svc_kv_read.c
 * answers GET and RANGE where they come in, svc_kv_write.c is the thread that
 * changes the store for those who wait, by means of svc_kv_apply.c, and
 * svc_kv_turn.c does it where no sync is waited for; svc_kv_watch.c is the
 * thread that answers calls which wait for changes.
 */
#ifndef RPCALLD_SVC_KV_H
#define RPCALLD_SVC_KV_H

#include <stdbool.h>

#include "kv.h"
#include "server/call.h"
#include "server/kv_stats.h"
#include "server/store_write.h"

struct server;

/*
 * The store, or NULL when there is none: the call has been answered with
 * SYSTEM_ERR then.
 */
struct store *kv_store(struct svc_req *rq);

/* "No" to a call: GARBAGE_ARGS or SYSTEM_ERR. FALSE, for handlers. */
bool_t kv_garbage(struct svc_req *rq);
bool_t kv_failed(struct svc_req *rq);

/* Answers at once with results that live until it returns. FALSE. */
bool_t kv_answer(struct svc_req *rq, xdrproc_t proc, void *result);

#define KV_XDR(type) ((xdrproc_t)(void (*)(void))xdr_##type)
#define KV_SPAN(opaque, type) \
	((struct span){ (const uint8_t *)(opaque).type##_val, \
	    (opaque).type##_len })

/* The writer's thread: 0 or -errno. */
int kv_writer_start(struct store *store, struct server *server);

/* Queues a deferred call of PUT, DELETE, CAS or TXN, which it answers. */
void kv_writer_add(struct call *c);

/* All that is queued, linked by own, and the last of it: the first, or NULL. */
struct call *kv_writer_take(struct call **last);

/* A transaction of so many of them took ns; they are about to be answered. */
void kv_writer_took(size_t calls, uint64_t ns);

/* One of those is answered. Are all? */
void kv_writer_answered(void);
bool kv_writer_is_idle(void);

/* Others than the writer have committed: it sees to it that that is synced. */
void kv_writer_note(void);

/* Answers what is queued, and ends. */
void kv_writer_stop(void);

/* What PUT, DELETE, CAS and TXN have in common: a TXN. */
struct kv_plan {
	const kv_opid *opid;
	const kv_condition *conditions;
	const kv_change *changes;
	unsigned nconditions, nchanges;
	bool must_exist;	/* DELETE tells whether there was a key */
	kv_condition condition;	/* of CAS */
	kv_change change;	/* of those that are no TXN */
};

/* What a call with these arguments asks for; it points into them. */
void kv_plan(struct kv_plan *p, uint32_t proc, const void *args);

/*
 * Runs a call within t and fills its result. 0; -EAGAIN when there is no room
 * for it in this transaction, where nothing was changed; -errno of store.h.
 * *changed tells whether the store's keys are to be others.
 */
int kv_apply(struct store_txn *t, struct call *c, bool *changed);

/*
 * The transactions of the writer's thread. kv_batch_run() answers what is queued;
 * kv_batch_expire() removes keys whose time is over: how many, or -errno. In any
 * thread, kv_batch_commit() commits what was done since revision `before`. After
 * kv_batch_fail(-EIO), no other error, all calls get SYSTEM_ERR: the server ends.
 */
void kv_batch_init(struct store *store, struct server *server);
void kv_batch_run(void);
int kv_batch_expire(bool keep_clock);
int kv_batch_sync(void);
int kv_batch_commit(struct store_txn *t, uint64_t before);
void kv_batch_fail(int err);
bool kv_batch_failed(void);

bool kv_begins_with(struct span key, const kv_bound *prefix);

/*
 * What WATCH answers to who has seen revision `since`: 1; 0 when there is
 * nothing yet, where *r says so; or -errno. r lives as long as t, and is freed
 * in any case.
 */
int kv_events(struct store_txn *t, const kv_watch_args *a, uint64_t since,
    kv_watch_result *r);
void kv_events_free(kv_watch_result *r);

/* The thread for those who wait, of whom there may be max: 0 or -errno. */
int kv_watch_start(struct store *store, uint64_t max);

/* There was a commit. */
void kv_watch_poke(void);

/* Answers all who wait, and from now on nobody waits. */
void kv_watch_drain(void);
void kv_watch_stop(void);
unsigned long long kv_watch_waiting(void);

#endif
