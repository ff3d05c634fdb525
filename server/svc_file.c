/*
 * FILE (idl/file.x): procedures to operations. What may wait for a disk runs
 * in a pool; a READ of what is in memory is answered at once, without a
 * change of threads. Digests have a pool of their own, of low priority: they
 * are long, and what is transferred meanwhile goes first.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/call.h"
#include "server/file_fs.h"
#include "server/file_once.h"
#include "server/file_ops.h"
#include "server/options.h"
#include "server/pool.h"
#include "server/server.h"
#include "server/service.h"
#include "server/share.h"

enum {
	DIGEST_NICE = 5,
	LARGE = 64 << 10,	/* bytes that are not to be copied once more */
};

static struct pool *pool, *digests;
static atomic_bool draining;

struct job {
	struct pool_job base;	/* first */
	struct call *call;
	file_op *op;
	struct file_digesting *digesting;
};

static bool
end_job(struct job *j)
{
	file_digest_free(j->digesting);
	call_reply(j->call);
	free(j);
	return false;
}

static bool
run_op(struct pool_job *base, bool last)
{
	struct job *j = container_of(base, struct job, base);

	(void)last;
	file_once_for(share_of(j->call->origin));
	/* A change that was accepted is made, whoever still listens. */
	j->op(j->call->args, call_result(j->call));
	return end_job(j);
}

static bool
run_digest(struct pool_job *base, bool last)
{
	struct job *j = container_of(base, struct job, base);
	file_digest_res *res = call_result(j->call);

	res->status = FILE_BUSY;
	if (last || call_is_dropped(j->call) || j->digesting == NULL ||
	    !file_digest_go_on(j->digesting, res))
		return end_job(j);
	if (!atomic_load(&draining))
		return true;
	/* What takes more than a slice may take hours, and a server that ends
	 * does not wait for it. */
	res->status = FILE_BUSY;
	return end_job(j);
}

/* Datagrams have no peer: those of a worker share a turn. */
static const void *
owner_of(const struct call *c)
{
	return c->origin->stream ? (const void *)c->origin :
	    (const void *)c->worker;
}

/* reply_size: bytes that the answer may have; 0 for a small one. */
static struct job *
job_new(struct svc_req *rq, size_t reply_size)
{
	struct job *j = calloc(1, sizeof(*j));

	if (j != NULL)
		j->call = call_defer_large(rq, reply_size);
	if (j == NULL || j->call == NULL) {
		free(j);
		svcerr_systemerr(rq->rq_xprt);
		return NULL;
	}
	j->base.owner = owner_of(j->call);
	return j;
}

/* Without a pool (no exports) an operation touches no disk. */
static bool_t
answer(struct svc_req *rq, file_op *op, void *args, void *res, size_t size)
{
	struct job *j;

	if (pool == NULL) {
		file_once_for(share_of(container_of(rq, struct call,
		    rq)->origin));
		op(args, res);
		return TRUE;
	}
	j = job_new(rq, size);
	if (j != NULL) {
		j->base.run = run_op;
		j->op = op;
		pool_submit(pool, &j->base);
	}
	return FALSE;
}

bool_t
file_null_1_svc(void *arg, void *res, struct svc_req *rq)
{
	(void)arg, (void)res, (void)rq;
	return TRUE;
}

bool_t
file_stat_1_svc(file_path *arg, file_attr_res *res, struct svc_req *rq)
{
	return answer(rq, file_op_stat, arg, res, 0);
}

bool_t
file_list_1_svc(file_list_args *arg, file_list_res *res, struct svc_req *rq)
{
	return answer(rq, file_op_list, arg, res, 0);
}

/* Into the reply, where it is to be sent from: false when a disk is needed. */
static bool
read_into_reply(struct call *c, bool cached)
{
	const file_read_args *a = c->args;
	file_read_res res = { .status = FILE_BUSY };
	uint8_t *to = call_reply_room(c, FILE_READ_HEAD, a->count);

	if (to != NULL && !cached)
		file_read(a, &res, to);
	else if (to != NULL && !file_read_cached(a, &res, to))
		return false;
	svc_sendreply(&c->xprt, (xdrproc_t)xdr_file_read_res, (char *)&res);
	return true;
}

static bool
run_read(struct pool_job *base, bool last)
{
	struct job *j = container_of(base, struct job, base);

	(void)last;
	read_into_reply(j->call, false);
	return end_job(j);
}

bool_t
file_read_1_svc(file_read_args *arg, file_read_res *res, struct svc_req *rq)
{
	bool is_small = arg->count < LARGE || arg->count > FILE_IO_MAX;
	struct job *j;

	if (pool == NULL)
		file_read(arg, res, NULL);
	if (pool == NULL || (is_small && file_read_cached(arg, res, NULL)))
		return TRUE;
	j = job_new(rq, arg->count);
	if (j == NULL)
		return FALSE;
	j->base.run = run_read;
	if (!is_small && read_into_reply(j->call, true))
		end_job(j);
	else
		pool_submit(pool, &j->base);
	return FALSE;
}

bool_t
file_write_1_svc(file_write_args *arg, file_status *res, struct svc_req *rq)
{
	if (arg->bytes.bytes_len >= LARGE && file_write_cached(arg, res))
		return TRUE;
	return answer(rq, file_op_write, arg, res, 0);
}

/* Those that change something once: an operation for each in turn. */
#define ONCE(name, NAME, args_type, res_type)				\
static void								\
once_##name(void *args, void *res)					\
{									\
	file_once(((args_type *)args)->opid, FILE_##NAME,		\
	    file_op_##name, args, res, sizeof(res_type));		\
}									\
									\
bool_t									\
file_##name##_1_svc(args_type *arg, res_type *res, struct svc_req *rq)	\
{									\
	return answer(rq, once_##name, arg, res, 0);			\
}

ONCE(create, CREATE, file_create_args, file_attr_res)
ONCE(truncate, TRUNCATE, file_truncate_args, file_status)
ONCE(rename, RENAME, file_rename_args, file_status)
ONCE(remove, REMOVE, file_name_args, file_status)
ONCE(mkdir, MKDIR, file_name_args, file_status)

bool_t
file_sync_1_svc(file_path *arg, file_status *res, struct svc_req *rq)
{
	return answer(rq, file_op_sync, arg, res, 0);
}

bool_t
file_digest_1_svc(file_digest_args *arg, file_digest_res *res,
    struct svc_req *rq)
{
	struct job *j;

	if (arg->offset > INT64_MAX || digests == NULL) {
		res->status = arg->offset > INT64_MAX ? FILE_INVAL :
		    FILE_NOENT;
		return TRUE;
	}
	res->status = FILE_BUSY;
	if (!call_may_linger(rq))
		return TRUE;
	j = job_new(rq, 0);
	if (j != NULL) {
		j->base.run = run_digest;
		j->digesting = file_digest_begin(j->call->args);
		pool_submit(digests, &j->base);
	}
	return FALSE;
}

static void
drain(void)
{
	atomic_store(&draining, true);
}

static void
stop(void)
{
	pool_free(digests);
	pool_free(pool);
	digests = pool = NULL;
	exports_close(&file_exports);
	file_exports.n = 0;
}

static int
start_pools(const struct limits *l)
{
	pool = pool_new((unsigned)l->file_threads, 0);
	if (pool == NULL)
		return -errno;
	digests = pool_new((unsigned)l->digest_threads, DIGEST_NICE);
	return digests == NULL ? -errno : 0;
}

static int
start(struct server *s, const struct options *o, char *why, size_t size)
{
	const struct export *failed = NULL;
	int err;

	atomic_store(&draining, false);
	if (o->exports.n == 0)
		return 0;
	/* A file over the process's limit is an answer, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	file_exports = o->exports;
	err = exports_open(&file_exports, &failed);
	if (err) {
		exports_why(failed, err, why, size);
		file_exports.n = 0;
		return err;
	}
	err = start_pools(&s->limits);
	if (err)
		stop();
	return err;
}

const struct service_hooks file_service = {
	.start = start, .drain = drain, .stop = stop,
};
