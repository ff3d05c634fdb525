/*
 * All connections of a round: the subject's own, and further ones of copies
 * of it.
 */
#ifndef RPCALL_CONNECTIONS_H
#define RPCALL_CONNECTIONS_H

#include "measure/subject.h"

struct connections {
	struct subject *first;
	struct subject *others;		/* n - 1, open */
	struct conn **conns;		/* of all */
	uint8_t *window;		/* that the others read into, but pipes */
	unsigned n;
};

/*
 * Opens n connections, fresh ones: 0; or f's code negated, with none open.
 * More than one only of subject_conn_ops. As many descriptors as they take
 * must be allowed, up to the hard limit, and over pipes no more than
 * LOAD_PROCESSES_MAX.
 */
int connections_open(struct connections *l, struct subject *s,
    const struct work *w, unsigned n, bool blocking, struct failure *f);
void connections_close(struct connections *l);

/*
 * The server's account so far, or where each connection has a server of its
 * own that of all: 0 or -errno.
 */
int connections_ledger(struct connections *l, struct work *w,
    struct ledger *sum);

#endif
