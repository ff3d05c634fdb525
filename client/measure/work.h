/*
 * What a measurement has the server do: procedures of one service, with
 * arguments that are encoded before anything is measured and sent in turn.
 * A workload is a file work_NAME.c with a struct work_ops (work_ops.h), and a
 * line in work.c's table.
 */
#ifndef RPCALL_WORK_H
#define RPCALL_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conn.h"
#include "failure.h"
#include "measure/request.h"
#include "measure/work_ops.h"

struct work {
	const struct work_ops *ops;
	struct work_spec spec;
	const char *name;	/* "ECHO.ECHO"; a literal */
	const char *label;	/* in titles: "ECHO", "kv-get"; a literal */
	uint32_t prog, vers;
	uint32_t size;		/* payload bytes; 0 for NULL */
	struct request *requests;
	size_t nrequests;
	/* The order in which they are sent, over and over. */
	const uint32_t *order;
	uint32_t order_mask;	/* its length, a power of two, less one */
	uint32_t turn;
	uint32_t connection;	/* that the next request is for, from 0 */
	uint32_t *drawn;	/* the memory of a drawn order */
	uint8_t *memory;	/* of all arguments */
	void *state;		/* the workload's own */
	/* NULL where r answers rq rightly, else what is wrong: a literal. */
	const char *(*wrong)(const struct work *w, const struct request *rq,
	    const struct reply *r);
	const char *verified;	/* what that looks at: "CRC32C"; or NULL */
	const char *stopped;	/* why there is no next request, or NULL */
	/* What stands behind the service, once the server has told. */
	char store[WORK_TEXT_MAX];	/* "LMDB on ext4", or "" */
	char durability[16];		/* "sync", "async", or "" */
	bool in_memory;			/* a sync costs that store nothing */
};

/* Is that one of the procedures of echo? */
bool work_echo_has(const char *procedure);

/* The i-th workload; the one of that name; or NULL. */
const struct work_ops *work_ops_at(size_t i);
const struct work_ops *work_ops_find(const char *name);

/* A call that nothing has to be encoded for: to connect, and to ask. */
extern const struct work work_nothing;

/*
 * -ENOENT when there is no such workload or procedure, -EMSGSIZE over its
 * largest size, -EINVAL for another wrong part of spec, -ENOMEM.
 */
int work_init(struct work *w, const struct work_spec *spec);
void work_release(struct work *w);

/* Memory for n requests with args bytes of arguments each: 0 or -ENOMEM. */
int work_allocate(struct work *w, size_t n, size_t args);

/*
 * An order of WORK_TURNS, each one of choices requests drawn uniformly by
 * spec.seed; left in w->drawn, where it may be changed: 0 or -ENOMEM.
 */
int work_draw(struct work *w, uint32_t choices);

/* Adds to *d what was sent since the last time. */
void work_did(struct work *w, struct work_done *d);

/* The request whose turn it is; it counts as sent. */
static inline struct request *
work_turn(struct work *w)
{
	uint32_t i = w->order[w->turn++ & w->order_mask];

	w->requests[i].uses++;
	return &w->requests[i];
}

/* The same, made anew for a server: what a floor carries need not be. NULL:
 * it cannot be made, see w->stopped. */
static inline struct request *
work_next(struct work *w)
{
	struct request *rq = work_turn(w);

	return w->ops->freshen == NULL || w->ops->freshen(w, rq) == 0 ? rq :
	    NULL;
}

/* NULL where r answers rq rightly, or a wrong answer has been counted. */
static inline const char *
work_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	return r->status.kind == REPLY_SUCCESS || w->ops->any_server ?
	    w->wrong(w, rq, r) : "the server refused calls";
}

#endif
