/*
 * Changes of KV in the turn of a worker that they come in, and what the other
 * parts of the service have to tell of it.
 */
#ifndef RPCALLD_SVC_KV_TURN_H
#define RPCALLD_SVC_KV_TURN_H

#include "server/svc_kv.h"

enum kv_turn_result { KV_NOT_RUN, KV_RUN, KV_RUN_FAILED };

/* Runs a call, planned as p, in the worker's turn if that needs no wait. */
enum kv_turn_result kv_turn_run(struct store *s, struct svc_req *rq,
    const struct kv_plan *p);

/* Before one reads: commits what the turn has open, so that a call sees those
 * before it, and no lock is held. Where that fails no answer leaves. */
void kv_turn_close(void);

/* The writer has committed a change: there is room again. */
void kv_turn_room(void);

#endif
