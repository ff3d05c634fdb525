/*
 * The loop that measures: one round of one subject, on a fresh connection,
 * with a warm-up that is counted and left out. Closed loop, with one or with
 * many calls outstanding.
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
	unsigned outstanding;	/* 1, or more for subject_conn_ops */
	bool spin;		/* poll instead of blocking (one outstanding) */
};

enum { LOAD_OUTSTANDING_MAX = 4096 };

/*
 * Adds a round of s doing w to row, whose hist is there. 0; -EINTR after
 * Ctrl-C; or f's code negated, when the row could not be measured at all.
 */
int load_run(const struct load *load, struct subject *s, struct work *w,
    struct row *row, struct failure *f);

#endif
