/*
 * Set-up costs: see setup_costs.h. Called by verb_compare.c before the tables
 * are measured. It goes the way of every call: target_look_up() asks rpcbind,
 * the subject opens its connection, the engine makes the call.
 */
#include "measure/setup_costs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rpc/rpc.h>
#include <rpc/rpcb_prot.h>

#include "clock.h"
#include "interrupt.h"
#include "measure/call_plan.h"
#include "measure/readiness.h"
#include "measure/stats.h"
#include "open.h"

enum {
	REPEATS_PER_ROUND = 2,
	REPEATS_MIN = 3,
	PART_OF_TIME = 8,	/* where there is an end: one eighth */
	READY_MS = 1000,
};

/* What is called, and how often it is begun anew. */
struct plan {
	uint32_t prog, vers;
	unsigned repeats;
	bool registered;	/* rpcbind knows the private daemon */
	uint64_t end;		/* then it has taken its share; 0: any time */
};

/* One repeat: nanoseconds of each part; negative: it does not apply. */
struct sample {
	double ns[SETUP_PARTS];
};

/* A mechanism that is set up over and over. */
struct trial {
	struct subject *subject;
	struct setup *setup;
	bool dead;		/* it could not be opened or called */
	bool no_lookup;		/* rpcbind could not be asked */
	bool silent;		/* its process does not say that it is ready */
	unsigned n;
	struct sample samples[SETUP_REPEATS_MAX];
};

/* Opening: which of the parts it is. */
static enum setup_part
opening(enum mech_id mech)
{
	return mech == MECH_ID_pipe ? SETUP_START :
	    mech == MECH_ID_fifo ? SETUP_RENDEZVOUS : SETUP_CONNECT;
}

static void
note(struct trial *t, const char *what, const struct failure *f)
{
	snprintf(t->setup->note, sizeof(t->setup->note), "%s%.*s", what,
	    SETUP_NOTE_MAX - 64, f->text);
}

/*
 * What rpcbind is asked for: our program where that leads to the server; of a
 * private daemon that is not registered, rpcbind itself. False where such a
 * target needs no rpcbind.
 */
static bool
question(const struct trial *t, const struct plan *plan,
    struct target *ask, struct open_request *req)
{
	const struct subject *s = t->subject;

	*ask = s->target;
	*req = (struct open_request){ .prog = plan->prog, .vers = plan->vers,
		.timeout_ms = s->timeout_ms };
	if (target_asks_rpcbind(ask))
		return true;
	if (plan->registered || s->foreign ||
	    s->target.mech > MECH_ID_rpc_local)
		return false;
	ask->port = -1;
	ask->path[0] = '\0';
	req->prog = RPCBPROG;
	req->vers = RPCBVERS4;
	return true;
}

/* Leaves in *to where the server is, which is opened next: 0 or -1. */
static int
look_up(struct trial *t, const struct plan *plan, struct sample *m,
    struct target *to)
{
	struct open_request req;
	struct failure f = { 0 };
	struct target asked;
	uint64_t start;

	*to = t->subject->target;
	if (t->no_lookup || !question(t, plan, &asked, &req))
		return 0;
	start = clock_ns();
	if (target_look_up(&asked, &req, &f) == 0) {
		m->ns[SETUP_LOOKUP] = (double)(clock_ns() - start);
		if (target_asks_rpcbind(to))
			*to = asked;
		return 0;
	}
	note(t, "rpcbind look-up: ", &f);
	t->no_lookup = true;
	return target_asks_rpcbind(to) ? -1 : 0;
}

/* A process is there when it says so; one that never does is not waited for
 * again. 0, or as readiness_await(). */
static int
await_process(struct trial *t, struct readiness *ready, const struct subject *s)
{
	int err = readiness_await(ready, s->conn.link.rfd, clock_ns() +
	    READY_MS * NS_PER_MS);

	if (err != -ETIMEDOUT)
		return err == -EPIPE ? 0 : err;
	t->silent = true;
	snprintf(t->setup->note, sizeof(t->setup->note), "its process does not "
	    "say when it is ready (READY=1 to $NOTIFY_SOCKET), so that the "
	    "first call waits for its start");
	return 0;
}

/* Opens s, and where that starts a process waits until it is ready. */
static int
open_timed(struct trial *t, struct subject *s, double *ns, struct failure *f)
{
	struct readiness ready = { -1 };
	bool starts = s->target.mech == MECH_ID_pipe && !t->silent;
	uint64_t start;
	int err = starts ? readiness_open(&ready) : 0;

	if (err)
		return failure_set(f, EXIT_OS, "cannot be told that a process "
		    "is ready (%s)", strerror(-err));
	start = clock_ns();
	err = s->ops->open(s, &work_nothing, true, f);
	if (err == 0 && starts)
		err = await_process(t, &ready, s);
	*ns = (double)(clock_ns() - start);
	readiness_close(&ready);
	return err;
}

/* Any answer will do: a server need not have that procedure. */
static int
first_call(struct subject *s, const struct plan *plan, struct sample *m,
    uint64_t timeout_ns, struct failure *f)
{
	struct call_head head = { .prog = plan->prog, .vers = plan->vers };
	struct reply reply;
	uint64_t start = clock_ns();
	int err = conn_call(&s->conn, &head, NULL, 0, &reply,
	    start + timeout_ns);

	m->ns[SETUP_FIRST] = (double)(clock_ns() - start);
	return err && err != -EINTR ? failure_set(f, EXIT_PROTOCOL,
	    "the first call: %s", strerror(-err)) : err;
}

static int
open_and_close(struct trial *t, const struct comparison *c,
    const struct plan *plan, const struct target *to, struct sample *m,
    struct failure *f)
{
	struct subject s = *t->subject;
	enum setup_part part = opening(to->mech);
	uint64_t start;
	int err;

	s.target = *to;
	err = open_timed(t, &s, &m->ns[part], f);
	if (err)
		return err;
	err = first_call(&s, plan, m, c->timeout_ns, f);
	m->ns[SETUP_READY] = m->ns[part] + m->ns[SETUP_FIRST] +
	    (m->ns[SETUP_LOOKUP] > 0 ? m->ns[SETUP_LOOKUP] : 0);
	start = clock_ns();
	s.ops->close(&s);
	m->ns[SETUP_CLOSE] = (double)(clock_ns() - start);
	return err;
}

/* Sets it up once and adds that: 0, or -EINTR. */
static int
once(struct trial *t, const struct comparison *c,
    const struct plan *plan, bool counts)
{
	struct failure f = { 0 };
	struct sample m;
	struct target to;

	if (t->dead)
		return 0;
	for (int i = 0; i < SETUP_PARTS; i++)
		m.ns[i] = -1;
	t->dead = look_up(t, plan, &m, &to) != 0;
	if (!t->dead && open_and_close(t, c, plan, &to, &m, &f) != 0) {
		if (interrupt_signal() != 0)
			return -EINTR;
		note(t, "", &f);
		t->dead = true;
	}
	if (!t->dead && counts)
		t->samples[t->n++] = m;
	return interrupt_signal() != 0 ? -EINTR : 0;
}

static int
repeat(struct trial *trials, size_t n, const struct comparison *c,
    const struct plan *plan)
{
	size_t order[COMPARE_ROWS_MAX];
	uint64_t random = c->seed;

	for (unsigned k = 0; k <= plan->repeats; k++) {
		if (k > REPEATS_MIN && plan->end != 0 && clock_ns() >= plan->end)
			break;
		stats_shuffle(order, n, &random);
		for (size_t i = 0; i < n; i++) {
			int err = once(&trials[order[i]], c, plan, k > 0);

			if (err)
				return err;
		}
	}
	return 0;
}

/* Of the values of a part in those repeats that have it. */
static void
summarize(const struct trial *t, enum setup_part part)
{
	struct spread *s = &t->setup->part[part];
	double v[SETUP_REPEATS_MAX];

	for (unsigned i = 0; i < t->n; i++)
		if (t->samples[i].ns[part] >= 0)
			v[s->n++] = t->samples[i].ns[part];
	if (s->n == 0)
		return;
	s->median_ns = stats_median(v, s->n);
	s->low_ns = v[(s->n - 1) / 4];
	s->high_ns = v[s->n - 1 - (s->n - 1) / 4];
}

static size_t
add_trials(struct trial *trials, struct comparison *c, struct result *r)
{
	for (size_t i = 0; i < c->nsubjects; i++) {
		struct subject *s = &c->subjects[i];
		struct trial *t = &trials[r->nsetups];

		if (s->kind != ROW_MECH)
			continue;
		t->subject = s;
		t->setup = &r->setups[r->nsetups++];
		snprintf(t->setup->name, sizeof(t->setup->name), "%s",
		    s->name);
	}
	return r->nsetups;
}

static struct plan
make_plan(const struct comparison *c, bool registered)
{
	const struct call_plan *call = c->tables[0].spec.call;
	unsigned n = REPEATS_PER_ROUND * c->rounds + 1;
	uint64_t now = clock_ns();

	return (struct plan){
		.prog = call ? call->calling.proc.prog : ECHO_PROG,
		.vers = call ? call->calling.proc.vers : ECHO_V1,
		.repeats = n < SETUP_REPEATS_MAX ? n : SETUP_REPEATS_MAX,
		.registered = registered,
		.end = c->end_ns > now ? now + (c->end_ns - now) /
			PART_OF_TIME : c->end_ns,
	};
}

static int
measure(struct trial *trials, struct comparison *c, const struct plan *plan,
    struct result *r)
{
	size_t n = add_trials(trials, c, r);
	int err = repeat(trials, n, c, plan);

	for (size_t i = 0; i < n; i++) {
		struct spread *parts = trials[i].setup->part;

		for (int part = 0; part < SETUP_PARTS; part++)
			summarize(&trials[i], (enum setup_part)part);
		trials[i].subject->setup_ns =
		    (uint64_t)(parts[SETUP_READY].median_ns +
		    parts[SETUP_CLOSE].median_ns);
	}
	return err;
}

int
setup_measure(struct comparison *c, bool registered, struct result *r,
    struct failure *f)
{
	const struct plan plan = make_plan(c, registered);
	struct trial *trials = calloc(c->nsubjects, sizeof(*trials));
	int err;

	r->setups = calloc(c->nsubjects, sizeof(*r->setups));
	err = trials == NULL || r->setups == NULL ?
	    failure_set(f, EXIT_OS, "no memory") :
	    measure(trials, c, &plan, r);
	free(trials);
	return err;
}
