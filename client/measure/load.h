/*
 * The loop that measures: one round of one subject, on fresh connections,
 * with a warm-up that is counted and left out. Closed loop, where the next
 * call leaves when an answer has come, or open loop, where calls leave at a
 * rate; with one or many calls outstanding, on one or many connections.
 *
 * Every answer is checked: its length and its CRC32C against those of what
 * was sent, outside the time that is measured; at the end what the server
 * says it served is held against what was asked of it. A round that does not
 * balance makes its row void.
 */
#ifndef RPCALL_LOAD_H
#define RPCALL_LOAD_H

#include <stdint.h>

#include "measure/result.h"
#include "measure/subject.h"

struct load {
	uint64_t duration_ns;	/* measured */
	uint64_t warmup_ns;	/* before that */
	unsigned outstanding;	/* of each connection: 1, or more ... */
	unsigned connections;	/* ... and 1, or more for subject_conn_ops */
	uint64_t rate;		/* calls per second of all; 0: closed loop */
	bool poisson;		/* not evenly */
	uint64_t seed;		/* of that */
	uint64_t timeout_ns;	/* then a call is given up as lost */
	uint64_t spin_ns;	/* before a call is due; see pace.h */
	bool spin;		/* poll instead of blocking (one outstanding) */
};

enum {
	LOAD_OUTSTANDING_MAX = 4096,
	LOAD_CONNECTIONS_MAX = 16384,
	LOAD_PROCESSES_MAX = 256,	/* connections over pipe */
	LOAD_UNDER_WAY_MAX = 65536,	/* on all connections */
};

/* What a phase of a round did. */
struct tally {
	uint64_t calls_min;	/* go on until there were as many */
	uint64_t calls;
	uint64_t lost;		/* of those: without an answer */
	uint64_t busy_ns;	/* in calls (one outstanding), or wall time */
	uint64_t between_ns;	/* checking answers, spinning, between calls */
	uint64_t polled_ns;	/* looking for answers that were not there */
};

/* Where the calls of a phase are recorded. */
struct recorder {
	struct row *row;
	struct hist *hist;	/* latency; in an open loop from the due time */
	struct paced *paced;	/* of an open loop, else NULL */
	struct tally *tally;
};

/* A call, or n alike, that were answered or given up: due, sent and over
 * then. */
void record_calls(const struct recorder *rec, uint64_t due, uint64_t sent,
    uint64_t now, uint64_t n);
void record_call(const struct recorder *rec, uint64_t due, uint64_t sent,
    uint64_t now);
void record_lost(const struct recorder *rec, uint64_t due, uint64_t sent,
    uint64_t now);

/* Many calls that were due and never left count as at least that long. */
void record_unsent(const struct recorder *rec, uint64_t due, uint64_t now);

/*
 * Adds a round of s doing w to row, whose hist is there, and in an open loop
 * its paced. 0; -EINTR after Ctrl-C; or f's code negated, when the row could
 * not be measured at all.
 */
int load_run(const struct load *load, struct subject *s, struct work *w,
    struct row *row, struct failure *f);

#endif
