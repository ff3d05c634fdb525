/*
 * A reply that comes in parts and becomes JSON as it does: conn_body.h to
 * idl/flow.h. What was printed when it fails is a part of the result, and the
 * error says so.
 */
#ifndef RPCALL_FLOW_CONN_H
#define RPCALL_FLOW_CONN_H

#include "conn_body.h"
#include "failure.h"
#include "idl/flow.h"
#include "output.h"

/* The caller fills in all but flow and taken. */
struct flow_conn {
	struct value_flow flow;
	struct conn *conn;	/* whose conn_call() returned -EFBIG */
	const char *what;	/* the call, in errors */
	uint64_t timeout;	/* ns that nothing may come */
	uint64_t taken;		/* bytes of results */
	struct output *out;
	struct failure *f;
};

void flow_conn_init(struct flow_conn *w);
void flow_conn_release(struct flow_conn *w);

#endif
