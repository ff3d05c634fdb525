/*
 * What can be read of a server before a round and after it besides its
 * ledger: how long it had calls in hand, and what it asked of the kernel; and
 * how long our own end needs for a call's two messages.
 */
#ifndef RPCALL_METER_H
#define RPCALL_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel.h"
#include "measure/subject.h"

struct meter {
	bool timed;			/* the next two are known */
	uint64_t took_ns, took;		/* time in hand, and of how many calls */
	bool counted;			/* kernel is known */
	struct kernel_tally kernel;	/* of the server's workers */
	uint64_t then;			/* bytes of this thread, before that */
	uint32_t xid;			/* of its last call before that */
	uint64_t between;		/* its bytes between that and the round */
	struct kernel_tally client;	/* of this thread, at the round's edge */
};

/*
 * Reads s, which is open and does w. What the server counts is read last of
 * all before a round, and first of all after it. Unknown is what the server
 * does not tell. 0, or -errno when the connection is of no more use.
 */
int meter_before(struct meter *m, struct subject *s, const struct work *w);
int meter_after(struct meter *m, struct subject *s, const struct work *w);

/* The mean time, in ns, that calls were in hand between the two, clock
 * readings included. NAN if it is not known. */
double meter_dispatch_ns(const struct meter *a, const struct meter *b);

/*
 * Makes the message of a call of rq, as conn_queue() does but for sending it,
 * and takes apart the head of an answer, many times: ns of one. NAN for a
 * subject that is not our engine.
 */
double meter_encode_ns(struct subject *s, const struct work *w);

#endif
