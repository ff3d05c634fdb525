/*
 * Opening and closing many connections: see connections.h. Called by load.c.
 */
#include "measure/connections.h"

#include <stdlib.h>
#include <string.h>

#include "conn_window.h"
#include "fd.h"
#include "measure/load.h"

enum { DESCRIPTORS_KEPT = 64 };	/* for everything else */

static int
allocate(struct connections *l, unsigned n)
{
	l->conns = calloc(n, sizeof(*l->conns));
	l->others = calloc(n, sizeof(*l->others));
	l->window = malloc(CONN_WINDOW);
	return l->conns != NULL && l->others != NULL && l->window != NULL ?
	    0 : -1;
}

/* Two descriptors are what a pair of pipes takes. */
static int
check_room(const struct subject *s, unsigned n, struct failure *f)
{
	enum mech_id mech = s->target.mech;
	bool pair = mech == MECH_ID_pipe || mech == MECH_ID_fifo;
	uint64_t need = (uint64_t)n * (pair ? 2 : 1) + DESCRIPTORS_KEPT, most;

	if (mech == MECH_ID_pipe && n > LOAD_PROCESSES_MAX)
		return failure_set(f, EXIT_USAGE, "%u connections over pipe: "
		    "each is a process, at most %d", n, LOAD_PROCESSES_MAX);
	most = fd_raise_limit();
	if (need <= most)
		return 0;
	failure_set(f, EXIT_OS, "%u connections need %llu descriptors, of "
	    "which a process may have %llu here (RLIMIT_NOFILE, ulimit -Hn)",
	    n, (unsigned long long)need, (unsigned long long)most);
	return -EXIT_OS;
}

static int
open_other(struct connections *l, const struct work *w, struct failure *f)
{
	struct subject *s = &l->others[l->n - 1];
	int err;

	*s = *l->first;
	err = s->ops->open(s, w, false, f);
	if (err)
		return err;
	l->conns[l->n++] = &s->conn;
	/* Those with a server of their own are asked for its account, too. */
	if (s->conn.link.child <= 0)
		conn_share_window(&s->conn, l->window);
	return 0;
}

static int
open_others(struct connections *l, const struct work *w, unsigned n,
    struct failure *f)
{
	int err = n > 1 ? check_room(l->first, n, f) : 0;

	while (err == 0 && l->n < n)
		err = open_other(l, w, f);
	return err;
}

int
connections_open(struct connections *l, struct subject *s,
    const struct work *w, unsigned n, bool blocking, struct failure *f)
{
	int err = 0;

	*l = (struct connections){ .first = s };
	if (allocate(l, n) != 0)
		err = failure_set(f, EXIT_OS, "no memory");
	if (err == 0)
		err = s->ops->open(s, w, blocking, f);
	if (err == 0) {
		l->conns[l->n++] = &s->conn;
		err = open_others(l, w, n, f);
	}
	if (err)
		connections_close(l);
	return err;
}

void
connections_close(struct connections *l)
{
	for (unsigned i = 0; i < l->n; i++) {
		struct subject *s = i == 0 ? l->first : &l->others[i - 1];

		s->ops->close(s);
	}
	free(l->others);
	free(l->conns);
	free(l->window);
	l->n = 0;
}

static void
ledger_add(struct ledger *sum, const struct ledger *l)
{
	sum->usage.user_ns += l->usage.user_ns;
	sum->usage.system_ns += l->usage.system_ns;
	sum->usage.voluntary += l->usage.voluntary;
	sum->usage.involuntary += l->usage.involuntary;
	sum->calls += l->calls;
	sum->changes += l->changes;
	sum->bytes_in += l->bytes_in;
	sum->bytes_out += l->bytes_out;
}

int
connections_ledger(struct connections *l, struct work *w,
    struct ledger *sum)
{
	int err = l->first->ops->ledger(l->first, w, sum);
	bool apart = l->n > 1 && l->first->conn.link.child > 0;

	for (unsigned i = 0; err == 0 && apart && i < l->n - 1; i++) {
		struct subject *s = &l->others[i];
		struct ledger one;

		err = s->ops->ledger(s, w, &one);
		if (err == 0)
			ledger_add(sum, &one);
	}
	return err;
}
