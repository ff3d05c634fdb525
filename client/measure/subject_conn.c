/*
 * A mechanism of the daemon as the subject of a measurement, on the client
 * engine. Calls are queued, sent and checked one by one; nothing is reused
 * from one to the next but memory.
 */
#include <errno.h>

#include "clock.h"
#include "measure/child.h"
#include "measure/subject.h"
#include "open.h"
#include "reflect.h"
#include "xbuf.h"

enum { BOOKS_TIMEOUT_MS = 1000 };

static int
conn_open(struct subject *s, const struct work *w, bool blocking,
    struct failure *f)
{
	struct open_request req = { .prog = w->prog, .vers = w->vers,
		.timeout_ms = s->timeout_ms };
	struct target t = s->target;
	struct link l;
	int err = target_open(&t, &req, &l, f);

	if (err)
		return err;
	if (conn_init(&s->conn, &l) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	/* A server that we start goes where the others are. */
	if (l.child > 0)
		child_pin(l.child, s->server_cpu);
	if (t.auth_sys)
		conn_auth_sys(&s->conn);
	if (blocking)
		conn_set_blocking(&s->conn);
	else
		conn_set_polling(&s->conn);
	/* Only ours speak the lean envelope. */
	if (s->conn.envelope != &rpcmsg_envelope)
		s->asked = s->has_books = true;
	return 0;
}

/* Who we are to the server and what it has used, by its measuring service. */
static int
ask_whoami(struct subject *s, struct ledger *l, uint32_t timeout_ms)
{
	struct call_head head = { .prog = ECHO_PROG, .vers = ECHO_V1,
		.proc = ECHO_WHOAMI };
	echo_whoami who = { 0 };
	struct reply r;
	XDR x;
	bool ok;
	int err = conn_call(&s->conn, &head, NULL, 0, &r,
	    clock_ns() + timeout_ms * NS_PER_MS);

	if (err)
		return err;
	if (r.status.kind != REPLY_SUCCESS)
		return -EPROTO;
	xbuf_decode(&x, r.body, r.len, false);
	ok = xdr_echo_whoami(&x, &who);
	if (ok)
		ledger_from(l, &who);
	xbuf_free((xdrproc_t)xdr_echo_whoami, &who, NULL, 0);
	return ok ? 0 : xbuf_starved(&x) ? -ENOMEM : -EBADMSG;
}

/*
 * Is the server one of ours? What it does with a program that it does not have
 * is its own affair: it may be silent, or hang up. Then the connection is made
 * anew.
 */
static int
ask_for_books(struct subject *s, const struct work *w, struct failure *f)
{
	bool blocking = s->conn.blocking;
	struct ledger l = { .used = false };
	int err = ask_whoami(s, &l, BOOKS_TIMEOUT_MS);

	s->asked = true;
	s->has_books = err == 0;
	if (err == 0 || err == -EPROTO)
		return 0;
	conn_release(&s->conn);
	return conn_open(s, w, blocking, f);
}

static int
conn_begin(struct subject *s, struct work *w, struct failure *f)
{
	int err = w->ops->any_server && !s->asked ? ask_for_books(s, w, f) :
	    0;

	if (err)
		return err;
	return w->ops->begin != NULL ?
	    w->ops->begin(w, &s->conn, s->number, f) : 0;
}

/* The measured path: the engine is inlined here, see pipeline.c. */
__attribute__((flatten)) static int
conn_round_trip(struct subject *s, const struct work *w,
    const struct request *rq, uint64_t deadline_ns)
{
	struct call_head head = { .prog = w->prog, .vers = w->vers,
		.proc = rq->proc };
	int err = conn_call(&s->conn, &head, rq->args, rq->args_len,
	    &s->reply, deadline_ns);

	if (err == 0 && s->reply.status.kind != REPLY_SUCCESS &&
	    !w->ops->any_server)
		return -EPROTO;
	return err;
}

static const char *
conn_wrong(const struct subject *s, const struct work *w,
    const struct request *rq)
{
	return work_wrong(w, rq, &s->reply);
}

static int
conn_ledger(struct subject *s, struct work *w, struct ledger *l)
{
	int err;

	*l = (struct ledger){ 0 };
	if (w->ops->any_server && !s->has_books)
		return 0;
	err = ask_whoami(s, l, s->timeout_ms);
	if (w->prog == ECHO_PROG && !w->ops->any_server)
		return err;
	/* A server need not have the measuring service for another's work. */
	if (err && err != -EPROTO)
		return err;
	l->counts_calls = l->counts_bytes = false;
	/* Asking is counted, too. */
	l->at_least = s->foreign || s->conn.link.datagram ||
	    (w->ops->any_server && (w->prog == ECHO_PROG ||
	    w->prog == REFLECT_PROG));
	err = ledger_calls(l, w, &s->conn);
	if (err == 0 && w->ops->account != NULL)
		err = w->ops->account(w, &s->conn, l);
	return err;
}

static void
conn_close(struct subject *s)
{
	conn_release(&s->conn);
}

const struct subject_ops subject_conn_ops = {
	.open = conn_open,
	.begin = conn_begin,
	.call = conn_round_trip,
	.wrong = conn_wrong,
	.ledger = conn_ledger,
	.close = conn_close,
};
