/*
 * Calling what is known at run time only: see invoke.h.
 */
#include "invoke.h"

#include <string.h>

#include "call_error.h"
#include "clock.h"
#include "options.h"

int
invocation_open(struct invocation *v, struct target *t, uint32_t prog,
    uint32_t vers, struct failure *f)
{
	struct open_request req = { .prog = prog, .vers = vers,
		.timeout_ms = (uint32_t)(common.connect_timeout / NS_PER_MS) };
	struct link l;
	int err = target_open(t, &req, &l, f);

	if (err)
		return err;
	if (conn_init(&v->conn, &l) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	v->open = true;
	if (t->auth_sys || strcmp(common.auth, "sys") == 0)
		conn_auth_sys(&v->conn);
	target_format(t, v->uri, sizeof(v->uri));
	return 0;
}

int
invocation_call(struct invocation *v, const struct call_head *head,
    const char *what, const void *args, size_t n, struct reply *r,
    struct failure *f)
{
	uint64_t start = clock_ns();
	struct call_head h = *head;
	int err = conn_call(&v->conn, &h, args, n, r,
	    start + common.timeout);

	v->ns = clock_ns() - start;
	if (err)
		return call_failed(f, what, err);
	if (r->status.kind != REPLY_SUCCESS)
		return call_refused(f, what, &r->status);
	return 0;
}

void
invocation_close(struct invocation *v)
{
	if (v->open)
		conn_release(&v->conn);
	v->open = false;
}
