/*
 * What a worker counts: for each procedure and mechanism its calls, how they
 * ended, their bytes, and how long they took. The owner of the worker writes
 * with plain instructions, nothing is locked; whoever reads (inspect.c) may
 * see one number before its neighbour.
 *
 * Time is taken of the first 1,024 calls of a row and then of every 127th,
 * which stands for 127 in the histogram: reading the clock for each call would
 * cost more than all the other counting. 127 is prime, so that a pipeline of
 * 64 calls is not looked at in the same place always.
 */
#ifndef RPCALLD_COUNTERS_H
#define RPCALLD_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "envelope.h"
#include "latency.h"
#include "tally.h"
#include "target.h"

struct call;
struct worker;

enum {
	OUTCOME_NO_REPLY = REPLY_RPC_MISMATCH + 1,	/* nothing was sent */
	OUTCOME_NOT_A_CALL,				/* nor could be */
	OUTCOMES,
	COUNTERS_TIMED = 1024,	/* calls of a row that are all timed */
	COUNTERS_EVERY = 127,	/* of those after them */
};

/* One procedure over one mechanism. */
struct counter {
	uint64_t calls, bytes_in, bytes_out;
	int32_t gap;		/* calls that pass until one is timed */
	uint32_t weight;	/* calls that that one stands for, less 1 */
	uint64_t outcomes[OUTCOMES];	/* by reply_kind; success is the rest */
	uint64_t timed_ns;		/* sum of what is in the histogram */
	uint64_t timed[LATENCY_BUCKETS];
};

/* Of a worker. Slot 0 is for calls that found no procedure. */
struct counters {
	struct counter *rows;	/* by mechanism, then slot */
	size_t slots;
	uint64_t deferred;	/* calls that were to be answered later */
	uint64_t answered;	/* of those */
};

/* 0 or -ENOMEM. services_init() was called. */
int counters_init(struct counters *cs);
void counters_release(struct counters *cs);

/* Of a call: what it was, and what has become of it. */
struct count {
	struct counter *of_mech;	/* rows of its mechanism, by slot */
	struct counter *row;		/* its own */
	uint32_t reply_len;		/* bytes of the message, if any */
	uint32_t outcome;		/* reply_kind, or OUTCOME_NO_REPLY */
	uint32_t weight;		/* calls that it stands for; 0: it is
					 * not timed */
	uint64_t began;			/* clock_ns(), where it is timed */
};

/* The rows of a mechanism, by slot. */
static inline struct counter *
counters_of(const struct counters *cs, enum mech_id mech)
{
	return &cs->rows[(size_t)mech * cs->slots];
}

/* The call that c begins is one to be timed: notes when it began. */
void counter_time(struct counter *k, struct call *c);

/* A call came in a message of n bytes. */
static inline void
counter_call(struct counter *k, size_t n)
{
	tally_add(&k->calls, 1);
	tally_add(&k->bytes_in, n);
}

/* The same; it is c and found its procedure. */
static inline void
counter_begin(struct counter *k, struct call *c, size_t n)
{
	counter_call(k, n);
	if (__builtin_expect(--k->gap < 0, 0))
		counter_time(k, c);
}

/* c was answered in its turn; c->outcome and c->reply_len tell how. */
void counters_answer(struct call *c);

/* c was not: it is deferred, or its handler answered or would not. */
void counters_no_answer(struct worker *w, struct call *c);

/* A deferred call has its answer; in the worker's turn. */
void counters_answered(struct worker *w, struct call *c);

/* A message that is no call came by mech. */
void counters_not_a_call(struct worker *w, enum mech_id mech, size_t n);

#endif
