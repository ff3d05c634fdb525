/*
 * What was measured of one subject under one load: a row of a table of
 * result.h, which frees it.
 */
#ifndef RPCALL_ROW_H
#define RPCALL_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "measure/call_failure.h"
#include "measure/hist.h"
#include "measure/parts.h"
#include "measure/paced.h"
#include "measure/shares.h"

enum { RESULT_ROUNDS_MAX = 64, RESULT_NOTE_MAX = 256,
	RESULT_HINT_MAX = 512 };

enum row_kind {
	ROW_MECH,		/* the daemon, over one mechanism */
	ROW_FLOOR,		/* bare ping-pong on the same kind of descriptor */
	ROW_STOCK,		/* libtirpc's own server and client */
	ROW_AGAIN,		/* a mechanism under another name: the noise */
};

/* What one round of one row measured; the unit of the intervals. */
struct round {
	double p50_ns, mean_ns;	/* time of a call */
	double p90_ns, p99_ns;	/* NAN with too few calls */
	double encode_ns;	/* both messages of a call on our end, ... */
	double dispatch_ns;	/* ... and a call in the server's hands, mean
				 * times: NAN where they are not known */
	uint64_t calls;
	uint64_t lost;		/* of those: no answer came */
	double wall_ns;		/* time that those took */
	bool slow;		/* slow on every row: the machine was busy */
};

/* Of the measured calls on one end; totals, not per call. */
struct cost {
	bool known;
	double user_ns, system_ns;	/* CPU time */
	double voluntary, involuntary;	/* context switches */
	double counted_calls;		/* of these calls is known: */
	double kernel_calls;		/* system calls on the way of messages */
	double kernel_bytes;		/* that these copied */
};

/* An interval at 95 % around a point estimate; low and high 0 if unknown. */
struct interval {
	double point, low, high;
	double noise;		/* of the table, see there */
};

struct row {
	char name[32];		/* "rpc/tcp", "floor tcp", "stock rpc/tcp" */
	enum row_kind kind;
	char floor_name[32];	/* row of the floor it is held against, or "" */
	char stock_name[32];	/* row of the stock it is held against, or "" */
	char twin_name[32];	/* of ROW_AGAIN: the row that it repeats */
	bool unplaced;		/* its server is another's, wherever that runs */
	bool measured;		/* false: nothing below holds, see note */
	bool is_void;		/* wrong answers, or ledgers that differ */
	char note[RESULT_NOTE_MAX];	/* why not measured, void */
	bool unfit;		/* not measured, for the load does not fit in
				 * a message of this mechanism: no failure */
	int code;		/* exit code of that, where it was not measured,
				 * and what might help (not saved) */
	char hint[RESULT_HINT_MAX];
	struct hist *hist;	/* latencies of all rounds, merged */
	uint64_t calls, warmup_calls;	/* measured; and before that */
	uint64_t errors;	/* calls that failed or timed out */
	uint64_t resent;	/* datagrams that left again, warm-up included */
	uint64_t failed[FAILED_KINDS];	/* of these: answered so */
	bool counts_calls, counts_bytes;	/* the server does, too */
	uint64_t bytes;		/* of payload, both ways */
	double wall_ns;		/* time of the measured calls */
	struct cost client, server;
	struct paced *paced;	/* of an open loop, else NULL */
	struct shares shares;	/* whose CPU time it was */
	struct round rounds[RESULT_ROUNDS_MAX];
	unsigned nrounds;
	struct interval x_floor, x_stock, x_best;	/* result_finish() */
	struct interval x_twin;		/* of ROW_AGAIN */
	struct interval parts[PARTS];	/* of ROW_MECH: see parts.h */
};

void row_void(struct row *row, const char *why);

/* Has row, which may be NULL, latencies that may be shown and compared? */
bool row_counts(const struct row *row);

/* Calls that an answer came to; the others were lost. */
uint64_t row_answered(const struct row *row);

#endif
