/*
 * A client of KV whose changes happen once. Each change gets a kv_opid
 * (idl/kv.x); when its answer does not come (time-out, a lost connection, a
 * server that was killed and started again), the very same call is sent again,
 * over the next of the targets that the client was given, until it is
 * answered: by the first answer, if the first call did arrive.
 *
 * One call at a time.
 */
#ifndef RPCALL_KV_CLIENT_H
#define RPCALL_KV_CLIENT_H

#include <rpc/rpc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "conn.h"
#include "failure.h"
#include "kv.h"
#include "target.h"

struct kv_client {
	/* Ways to one and the same store; none: conn is lent, and not
	 * replaced when it breaks. Set by the caller, who owns them. */
	const struct target *targets;
	size_t ntargets;
	uint64_t attempt_ns;		/* how long an answer is waited for */
	uint64_t patience_ns;		/* and how long all in all */
	uint8_t id[KV_CLIENT_SIZE];
	uint64_t sequence;		/* of the last change */
	unsigned sent;			/* how often the last call was */
	/* Its own: */
	struct conn *conn;		/* NULL: not connected */
	struct conn own;
	size_t at;			/* the target in use */
	bool served;			/* some call was answered */
	struct buf args;
};

/*
 * A client with an id of its own, not connected: 0, or -errno without random
 * numbers. The members above "its own" may be changed then; conn may be set
 * to one that outlives it, where there are no targets.
 */
int kv_client_init(struct kv_client *c, const struct target *targets,
    size_t n);
void kv_client_release(struct kv_client *c);

/*
 * A call that changes nothing; xargs is NULL where it has no arguments. res is
 * zeroed memory, freed by kv_free(). 0, or f's code negated; a target that
 * cannot be reached at the very first call fails at once.
 */
int kv_client_ask(struct kv_client *c, uint32_t proc, xdrproc_t xargs,
    void *args, xdrproc_t xres, void *res, struct failure *f);

/*
 * A call that changes something: PUT, DELETE, CAS, TXN. opid is that of args
 * and is filled in. *res may have any status but KV_BUSY and KV_STALE. As
 * kv_client_ask(); but EXIT_TIMEOUT, EXIT_UNREACHABLE and EXIT_INTERNAL leave
 * it open whether it happened.
 */
int kv_client_change(struct kv_client *c, uint32_t proc, xdrproc_t xargs,
    void *args, kv_opid *opid, kv_write_result *res, struct failure *f);

/* Frees what decoding put into a result. */
void kv_free(xdrproc_t xres, void *res);

/* "KV_NOT_FOUND"; a literal. */
const char *kv_status_name(kv_status status);

#endif
