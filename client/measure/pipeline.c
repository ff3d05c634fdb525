/*
 * The pipelined load: see pipeline.h. Called by load.c.
 */
#include "measure/pipeline.h"

#include <errno.h>
#include <stdlib.h>

#include "be.h"
#include "clock.h"
#include "crc32c.h"
#include "interrupt.h"

enum { REPLY_TIMEOUT_S = 5 };

/*
 * Calls under way, by xid: xids are consecutive, and no more are under way
 * than there are slots, so each has one of its own.
 */
struct pipeline {
	struct conn *conn;
	const struct work *work;
	struct call_head head;
	unsigned slots;
	uint64_t *sent;		/* when the call of a slot left; 0: free */
	unsigned under_way;
	struct row *row;
	struct hist *hist;
	struct tally *tally;
};

static int
queue_call(struct pipeline *p, uint64_t now)
{
	int err = conn_queue(p->conn, &p->head, p->work->args,
	    p->work->args_len);

	if (err)
		return err;
	p->sent[p->conn->xid % p->slots] = now;
	p->under_way++;
	p->tally->calls++;
	return 0;
}

static int
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

/* SINK's answer is length and CRC32C, ECHO's the payload itself. */
static bool
is_right(const struct work *w, const struct reply *r)
{
	if (r->status.kind != REPLY_SUCCESS)
		return false;
	if (w->proc == ECHO_NULL)
		return r->len == 0;
	if (r->len < 4 || be32_get(r->body) != w->size)
		return false;
	if (w->proc == ECHO_SINK)
		return r->len == 8 && be32_get(r->body + 4) == w->crc;
	return r->len == 4 + xdr_padded(w->size) &&
	    crc32c(0, r->body + 4, w->size) == w->crc;
}

static int
take(struct pipeline *p, const struct reply *r, uint64_t now)
{
	uint64_t *sent = &p->sent[r->xid % p->slots];

	if (*sent == 0)
		return -EBADMSG;
	hist_record(p->hist, now - *sent);
	*sent = 0;
	p->under_way--;
	if (!is_right(p->work, r))
		p->row->is_void = true;
	return 0;
}

/* A datagram that was lost: its slot is given up, as a call of that length. */
static void
give_up(struct pipeline *p, uint64_t now)
{
	for (unsigned i = 0; i < p->slots; i++)
		if (p->sent[i] != 0) {
			hist_record(p->hist, now - p->sent[i]);
			p->row->errors++;
			p->sent[i] = 0;
		}
	p->under_way = 0;
}

/* Waits for a reply, then takes all that have come with it. */
static int
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

int
pipeline_run(struct conn *c, const struct work *w, unsigned outstanding,
    uint64_t ns, struct row *row, struct hist *h, struct tally *t)
{
	struct pipeline p = {
		.conn = c, .work = w, .slots = 1,
		.head = { .prog = ECHO_PROG, .vers = ECHO_V1,
			.proc = w->proc },
		.row = row, .hist = h, .tally = t,
	};
	int err;

	/* A power of two, so that xids may wrap around. */
	while (p.slots < outstanding)
		p.slots *= 2;
	p.sent = calloc(p.slots, sizeof(*p.sent));
	if (p.sent == NULL)
		return -ENOMEM;
	err = run(&p, outstanding, ns);
	free(p.sent);
	return err;
}
