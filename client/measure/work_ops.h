/*
 * What a workload is made of: see work.h.
 */
#ifndef RPCALL_WORK_OPS_H
#define RPCALL_WORK_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "failure.h"
#include "measure/request.h"

struct work;

struct work_ops {
	const char *name;	/* "kv-get" */
	const char *about;	/* a line of the help */
	const char *sizes;	/* measured where none are asked for */
	uint32_t size_min, size_max;
	unsigned outstanding_max;	/* calls under way; 0: any number */
	bool stock;		/* libtirpc's server has this service, too */
	/* The server may be anybody's: it need not have our services, and
	 * wrong() is asked about calls that were refused, too. */
	bool any_server;
	/* Encodes the requests: 0 or -errno. w is zeroed but for ops, spec. */
	int (*init)(struct work *w);
	/*
	 * Through the connection of each round, before it is measured: what
	 * the calls need is put there in the first round of each subject,
	 * whose number is below WORK_SUBJECTS_MAX. NULL: nothing is needed.
	 * 0, f's code negated, or -EMSGSIZE: the load does not fit in one
	 * message of this mechanism.
	 */
	int (*begin)(struct work *w, struct conn *c, unsigned subject,
	    struct failure *f);
	/* Makes what may not be sent twice anew; NULL: nothing. 0, or -errno
	 * with w->stopped. */
	int (*freshen)(struct work *w, struct request *rq);
	/* What the server counts of this work beyond its calls goes to l: 0
	 * or -errno. NULL: nothing. */
	int (*account)(struct work *w, struct conn *c, struct ledger *l);
	/* Adds to d what the requests do not tell. NULL: they tell all. */
	void (*did)(struct work *w, struct work_done *d);
	/* Takes away what begin() put there; best effort. NULL: nothing. */
	void (*clean)(struct work *w, struct conn *c);
	/* Frees state. NULL: there is none. */
	void (*release)(struct work *w);
};

extern const struct work_ops work_echo, work_kv_get, work_kv_put,
	work_kv_mixed, work_file_read, work_call, work_kv_stat;	/* work_NAME.c */

#endif
