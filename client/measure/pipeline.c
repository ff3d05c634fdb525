/*
 * The pipelined load: see pipeline.h. Called by load.c.
 */
#include "measure/pipeline.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "interrupt.h"

enum { REPLY_TIMEOUT_S = 5 };

struct slot {
	uint64_t sent;		/* when its call left; 0: free */
	const struct request *rq;
	struct slot *next;	/* of those that are free */
	uint32_t xid;
};

/*
 * Calls under way. Answers may overtake one another, so a call has any slot
 * that is free; the low bits of its xid say which.
 */
struct pipeline {
	struct conn *conn;
	struct work *work;
	struct call_head head;
	struct slot *slots;
	uint32_t mask;		/* of a slot's number; there are mask + 1 */
	struct slot *idle;
	unsigned under_way;
	struct row *row;
	struct hist *hist;
	struct tally *tally;
};

static int
queue_call(struct pipeline *p, uint64_t now)
{
	const struct request *rq = work_next(p->work);
	struct slot *s = p->idle;

	/* The next xid of that slot, less the one that is added. */
	p->conn->xid = (p->conn->xid | p->mask) + (uint32_t)(s - p->slots);
	s->sent = now;
	s->rq = rq;
	s->xid = p->conn->xid + 1;
	p->idle = s->next;
	p->under_way++;
	p->tally->calls++;
	p->head.proc = rq->proc;
	return conn_queue(p->conn, &p->head, rq->args, rq->args_len);
}

/* What runs for every call is inlined here, and in drain(): at a million calls
 * per second a function's prologue can be seen. */
__attribute__((flatten)) static int
fill(struct pipeline *p, unsigned outstanding)
{
	uint64_t now = clock_ns();

	while (p->under_way < outstanding) {
		int err = queue_call(p, now);

		if (err)
			return err;
	}
	return conn_send(p->conn);
}

static void
free_slot(struct pipeline *p, struct slot *s)
{
	s->sent = 0;
	s->next = p->idle;
	p->idle = s;
	p->under_way--;
}

static int
take(struct pipeline *p, const struct reply *r, uint64_t now)
{
	struct slot *s = &p->slots[r->xid & p->mask];
	const char *why;

	if (s->sent == 0 || s->xid != r->xid)
		/* One that was given up as lost, and was only late. */
		return p->conn->link.datagram ? 0 : -EBADMSG;
	hist_record(p->hist, now - s->sent);
	free_slot(p, s);
	why = r->status.kind == REPLY_SUCCESS ? p->work->wrong(s->rq, r) :
	    "the server refused calls";
	if (why != NULL)
		row_void(p->row, why);
	return 0;
}

/* A datagram that was lost: its slot is given up, as a call of that length. */
static void
give_up(struct pipeline *p, uint64_t now)
{
	for (uint32_t i = 0; i <= p->mask; i++)
		if (p->slots[i].sent != 0) {
			hist_record(p->hist, now - p->slots[i].sent);
			p->row->errors++;
			p->tally->lost++;
			free_slot(p, &p->slots[i]);
		}
}

/* Waits for a reply, then takes all that have come with it. */
__attribute__((flatten)) static int
drain(struct pipeline *p)
{
	struct reply r;
	uint64_t now;
	int err = conn_recv(p->conn, &r,
	    clock_ns() + REPLY_TIMEOUT_S * NS_PER_S);

	now = clock_ns();
	if (err == -ETIMEDOUT && p->conn->link.datagram) {
		give_up(p, now);
		return 0;
	}
	while (err == 0) {
		err = take(p, &r, now);
		if (err)
			return err;
		err = conn_next(p->conn, &r);
		if (err <= 0)
			return err;
		err = 0;
	}
	return err;
}

static int
run(struct pipeline *p, unsigned outstanding, uint64_t ns)
{
	uint64_t start = clock_ns(), now = start;
	int err;

	while (now - start < ns || p->tally->calls < p->tally->calls_min) {
		err = fill(p, outstanding);
		if (err == 0)
			err = drain(p);
		if (err)
			return err;
		if (interrupt_signal() != 0)
			return -EINTR;
		now = clock_ns();
	}
	while (p->under_way > 0) {
		err = drain(p);
		if (err)
			return err;
	}
	p->tally->busy_ns = clock_ns() - start;
	return 0;
}

static int
allocate(struct pipeline *p, unsigned outstanding)
{
	while (p->mask + 1 < outstanding)
		p->mask = 2 * p->mask + 1;
	p->slots = calloc(p->mask + 1, sizeof(*p->slots));
	if (p->slots == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i <= p->mask; i++) {
		p->slots[i].next = p->idle;
		p->idle = &p->slots[i];
	}
	return 0;
}

int
pipeline_run(struct conn *c, struct work *w, unsigned outstanding,
    uint64_t ns, struct row *row, struct hist *h, struct tally *t)
{
	struct pipeline p = {
		.conn = c, .work = w,
		.head = { .prog = w->prog, .vers = w->vers },
		.row = row, .hist = h, .tally = t,
	};
	int err = allocate(&p, outstanding);

	if (err == 0)
		err = run(&p, outstanding, ns);
	free(p.slots);
	return err;
}
