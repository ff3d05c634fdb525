/*
 * Calling what is known at run time only: see invoke.h.
 */
#include "invoke.h"

#include <errno.h>
#include <string.h>

#include "call_error.h"
#include "clock.h"
#include "conn_parts.h"
#include "kept.h"
#include "options.h"

/* Opens a connection to where r is, which is left in t. */
static int
open_new(struct invocation *v, const struct reach *r, struct target *t,
    const struct open_request *req, struct failure *f)
{
	struct link l;
	int err = target_open(t, req, &l, f);

	if (err)
		return err;
	v->conn = kept_place(r, t);
	if (v->conn == NULL)
		v->conn = &v->own;
	if (conn_init(v->conn, &l) != 0) {
		kept_drop();
		return failure_set(f, EXIT_OS, "no memory");
	}
	if (r->auth_sys)
		conn_auth_sys(v->conn);
	return 0;
}

int
invocation_open(struct invocation *v, struct target *t, uint32_t prog,
    uint32_t vers, struct failure *f)
{
	struct open_request req = { .prog = prog, .vers = vers,
		.timeout_ms = (uint32_t)(common.connect_timeout / NS_PER_MS) };
	bool one_port = target_asks_rpcbind(t);
	struct reach r = { .target = *t, .prog = one_port ? prog : 0,
		.vers = one_port ? vers : 0, .auth_sys = t->auth_sys ||
		strcmp(common.auth, "sys") == 0 };
	int err = 0;

	v->conn = kept_find(&r, t);
	if (v->conn == NULL)
		err = open_new(v, &r, t, &req, f);
	if (err)
		return err;
	v->open = true;
	target_format(t, v->uri, sizeof(v->uri));
	return 0;
}

/* What is over the limits is told from what is no reply. */
static void
set_limits(struct invocation *v)
{
	struct conn *c = v->conn;
	uint64_t max = v->max > 0 ? v->max : CONN_RECORD_MAX;
	bool whole = !v->in_parts || max < CONN_RECORD_MAX;

	conn_set_largest(c, whole && max < SIZE_MAX ? (size_t)max :
	    CONN_RECORD_MAX);
	v->body = (struct conn_body){ .max = max };
	c->body = c->link.datagram ? NULL : &v->body;
}

/* What conn_call() or its like returned, as invocation_call() does. */
static int
outcome(struct invocation *v, const char *what, int err,
    const struct reply *r, struct failure *f)
{
	if (err == -EFBIG && (v->body.over || !v->in_parts))
		return call_too_large(f, what, v->body.max);
	if (err && err != -EFBIG)
		return call_failed_over(f, what, err, &v->conn->link);
	if (r->status.kind != REPLY_SUCCESS)
		return call_refused(f, what, &r->status);
	return err != 0;
}

int
invocation_call(struct invocation *v, const struct call_head *head,
    const char *what, const void *args, size_t n, struct reply *r,
    struct failure *f)
{
	uint64_t start = clock_ns();
	struct call_head h = *head;
	int err;

	set_limits(v);
	err = conn_call(v->conn, &h, args, n, r, start + common.timeout);
	v->ns = clock_ns() - start;
	return outcome(v, what, err, r, f);
}

int
invocation_call_message(struct invocation *v, const struct call_head *head,
    const char *what, const struct message *m, struct reply *r,
    struct failure *f)
{
	size_t fragment = v->fragment > 0 ? v->fragment : CONN_FRAGMENT;
	struct message_reader reader = { .message = m };
	uint64_t start = clock_ns();
	struct call_head h = *head;
	int err;

	/* A datagram is no record: it has no fragments. */
	if (v->conn->link.datagram)
		fragment = CONN_FRAGMENT;
	if (message_size(m) == m->len && m->len + ENVELOPE_CALL_MAX <= fragment)
		return invocation_call(v, head, what, m->data, m->len, r, f);
	set_limits(v);
	err = conn_call_parts(v->conn, &h, &reader, fragment, r,
	    common.timeout);
	v->ns = clock_ns() - start;
	message_reader_release(&reader);
	if (reader.err)
		return failure_set(f, EXIT_NOFILE, "a file of the argument "
		    "cannot be sent whole (%s)", reader.err == -ENODATA ?
		    "it has become shorter" : strerror(-reader.err));
	return outcome(v, what, err, r, f);
}

void
invocation_close(struct invocation *v)
{
	if (v->open)
		v->conn->body = NULL;
	if (v->open && v->conn == &v->own)
		conn_release(v->conn);
	v->open = false;
}
