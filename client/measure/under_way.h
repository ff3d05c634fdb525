/*
 * Calls under way on one connection: which xid is which call. pipeline.c alone
 * includes it; it is all inlined, because at a million calls per second a
 * function's prologue can be seen.
 */
#ifndef RPCALL_UNDER_WAY_H
#define RPCALL_UNDER_WAY_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "conn.h"
#include "measure/request.h"

struct call {
	uint64_t due;		/* when it should have left */
	uint64_t sent;		/* when it left; 0: this slot is free */
	const struct request *rq;
	struct call *next;	/* of the line's that are free */
	uint32_t xid;
};

/*
 * A connection. Answers may overtake one another, so a call has any slot that
 * is free; the low bits of its xid say which.
 */
struct line {
	struct conn *conn;
	struct call *calls;
	uint32_t mask;		/* of a slot's number; there are mask + 1 */
	struct call *idle;
	unsigned under_way;
	unsigned number;
	bool watches_out;	/* waits until more can be written */
	bool unsent;		/* calls are queued, and not written yet */
	struct line *next_unsent;	/* of those that are */
	struct line *next_free;	/* of a queue of lines */
};

/* Lines that may have another call, in turn. */
struct line_queue {
	struct line *first, *last;
};

static inline void
line_queue_add(struct line_queue *q, struct line *l)
{
	l->next_free = NULL;
	if (q->first == NULL)
		q->first = l;
	else
		q->last->next_free = l;
	q->last = l;
}

/* There is one. */
static inline struct line *
line_queue_take(struct line_queue *q)
{
	struct line *l = q->first;

	q->first = l->next_free;
	return l;
}

/* Room for n calls: 0 or -ENOMEM. */
static inline int
line_allocate(struct line *l, unsigned n)
{
	while (l->mask + 1 < n)
		l->mask = 2 * l->mask + 1;
	l->calls = calloc(l->mask + 1, sizeof(*l->calls));
	if (l->calls == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i <= l->mask; i++) {
		l->calls[i].next = l->idle;
		l->idle = &l->calls[i];
	}
	return 0;
}

/* Takes a free slot, of which there must be one, for a call that leaves now;
 * the next that conn_queue() is given has its xid. */
static inline void
line_begin(struct line *l, const struct request *rq, uint64_t due,
    uint64_t now)
{
	struct call *c = l->idle;

	/* The next xid of that slot, less the one that is added. */
	l->conn->xid = (l->conn->xid | l->mask) + (uint32_t)(c - l->calls);
	c->xid = l->conn->xid + 1;
	c->due = due;
	c->sent = now;
	c->rq = rq;
	l->idle = c->next;
	l->under_way++;
}

/* The call under way of that xid, or NULL. */
static inline struct call *
line_find(struct line *l, uint32_t xid)
{
	struct call *c = &l->calls[xid & l->mask];

	return c->sent != 0 && c->xid == xid ? c : NULL;
}

static inline void
line_end(struct line *l, struct call *c)
{
	c->sent = 0;
	c->next = l->idle;
	l->idle = c;
	l->under_way--;
}

#endif
