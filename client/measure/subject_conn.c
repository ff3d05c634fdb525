/*
 * A mechanism of the daemon as the subject of a measurement, on the client
 * engine. Calls are encoded, sent and decoded one by one; nothing is reused
 * from one to the next but memory.
 */
#include <errno.h>

#include "be.h"
#include "clock.h"
#include "measure/child.h"
#include "measure/subject.h"
#include "open.h"
#include "xbuf.h"

static int
conn_open(struct subject *s, const struct work *w, bool blocking,
    struct failure *f)
{
	struct open_request req = { .prog = ECHO_PROG, .vers = ECHO_V1,
		.timeout_ms = s->timeout_ms };
	struct target t = s->target;
	struct link l;
	int err = target_open(&t, &req, &l, f);

	(void)w;
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
	return 0;
}

/* The payload of a reply, where it is: length, then bytes. */
static int
take_answer(struct subject *s, const struct work *w, const struct reply *r)
{
	if (r->status.kind != REPLY_SUCCESS)
		return -EPROTO;
	s->answer = NULL;
	s->answer_len = 0;
	if (w->proc == ECHO_NULL)
		return 0;
	if (r->len < 4)
		return -EBADMSG;
	if (w->proc == ECHO_SINK) {
		/* Length and CRC32C, by the server: hold it against ours. */
		s->answer_len = be32_get(r->body);
		return r->len == 8 && be32_get(r->body + 4) == w->crc ? 0 :
		    -EBADMSG;
	}
	s->answer_len = be32_get(r->body);
	s->answer = r->body + 4;
	return xdr_padded(s->answer_len) == r->len - 4 ? 0 : -EBADMSG;
}

static int
conn_round_trip(struct subject *s, const struct work *w, uint64_t deadline_ns)
{
	struct call_head head = { .prog = ECHO_PROG, .vers = ECHO_V1,
		.proc = w->proc };
	struct reply r;
	int err = conn_call(&s->conn, &head, w->args, w->args_len, &r,
	    deadline_ns);

	return err ? err : take_answer(s, w, &r);
}

static int
conn_ledger(struct subject *s, struct ledger *l)
{
	struct call_head head = { .prog = ECHO_PROG, .vers = ECHO_V1,
		.proc = ECHO_WHOAMI };
	echo_whoami who = { 0 };
	struct reply r;
	XDR x;
	bool ok;
	int err = conn_call(&s->conn, &head, NULL, 0, &r,
	    clock_ns() + s->timeout_ms * NS_PER_MS);

	if (err)
		return err;
	if (r.status.kind != REPLY_SUCCESS)
		return -EPROTO;
	xbuf_decode(&x, r.body, r.len, false);
	ok = xdr_echo_whoami(&x, &who);
	if (ok)
		ledger_from(l, &who);
	xbuf_free((xdrproc_t)xdr_echo_whoami, &who, NULL, 0);
	return ok ? 0 : -EBADMSG;
}

static void
conn_close(struct subject *s)
{
	conn_release(&s->conn);
}

const struct subject_ops subject_conn_ops = {
	.open = conn_open,
	.call = conn_round_trip,
	.ledger = conn_ledger,
	.close = conn_close,
};
