/*
 * Large replies to JSON: see flow_conn.h. Used by rpcall call.
 */
#include "flow_conn.h"

#include <errno.h>

#include "call_error.h"
#include "clock.h"
#include "interrupt.h"

static int
failed(struct flow_conn *w, int err)
{
	unsigned long long taken = w->taken;

	switch (err) {
	case -ETIMEDOUT:
		failure_set(w->f, EXIT_TIMEOUT, "the answer to %s stopped "
		    "after %llu bytes", w->what, taken);
		failure_hint(w->f, "wait longer: -t 60s");
		break;
	case -ECONNRESET:
		failure_set(w->f, EXIT_UNREACHABLE, "the server closed the "
		    "connection after %llu bytes of its answer to %s", taken,
		    w->what);
		break;
	case -EBADMSG:
		failure_set(w->f, EXIT_PROTOCOL, "the server broke the "
		    "protocol after %llu bytes of its answer to %s", taken,
		    w->what);
		break;
	case -EMSGSIZE:
		call_too_large(w->f, w->what, w->conn->body->max);
		break;
	default:
		call_failed(w->f, w->what, err);
	}
	return -w->f->code;
}

static void
look_ahead(struct flow_conn *w)
{
	uint64_t left = conn_body_left(w->conn);

	w->flow.coming = left < SIZE_MAX ? (size_t)left : SIZE_MAX;
	w->flow.limited = w->conn->body->limited;
}

static ssize_t
flow_conn_read(struct value_flow *flow, uint8_t *to, size_t room)
{
	struct flow_conn *w = (struct flow_conn *)flow;
	ssize_t n = interrupt_signal() ? -EINTR : conn_body_read(w->conn, to,
	    room, clock_ns() + w->timeout);

	if (n < 0)
		return failed(w, (int)n);
	w->taken += (uint64_t)n;
	look_ahead(w);
	return n;
}

static int
flow_conn_write(struct value_flow *flow, const void *data, size_t n)
{
	struct flow_conn *w = (struct flow_conn *)flow;
	int err = output_put(w->out, data, n, w->f);

	if (err && interrupt_signal() != 0) {
		w->f->code = 0;
		return call_failed(w->f, w->what, -EINTR);
	}
	return err;
}

void
flow_conn_init(struct flow_conn *w)
{
	w->flow = (struct value_flow){ .read = flow_conn_read,
		.write = flow_conn_write };
	look_ahead(w);
}

void
flow_conn_release(struct flow_conn *w)
{
	buf_release(&w->flow.data);
	buf_release(&w->flow.out);
}
