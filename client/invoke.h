/*
 * One call of any procedure on any target: opens it, calls, and says what
 * went wrong. For verbs that know the procedure at run time only.
 */
#ifndef RPCALL_INVOKE_H
#define RPCALL_INVOKE_H

#include "conn_body.h"
#include "failure.h"
#include "idl/payload.h"
#include "open.h"

struct invocation {
	struct conn *conn;	/* own, or the one that is kept (kept.h) */
	struct conn own;
	bool open;
	char uri[1024];		/* where, once it is open */
	uint64_t ns;		/* that the call took */
	uint64_t max;		/* bytes of a reply; 0: CONN_RECORD_MAX */
	bool in_parts;		/* what is over CONN_RECORD_MAX of it comes in
				 * parts; else it is held whole */
	struct conn_body body;
	size_t fragment;	/* bytes; 0: CONN_FRAGMENT */
};

/*
 * Opens t for calls of version vers of prog, with the credential and times of
 * the common options: 0, or f's code negated.
 */
int invocation_open(struct invocation *v, struct target *t, uint32_t prog,
    uint32_t vers, struct failure *f);

/*
 * Calls a procedure, which is called what in errors; r is valid until the
 * next call. 0; 1 where the reply comes in parts, of which r has the first:
 * flow_conn.h; or f's code negated: see client/call_error.h.
 */
int invocation_call(struct invocation *v, const struct call_head *head,
    const char *what, const void *args, size_t n, struct reply *r,
    struct failure *f);

/* The same with arguments that may be in files; timeouts are of silence. */
int invocation_call_message(struct invocation *v,
    const struct call_head *head, const char *what, const struct message *m,
    struct reply *r, struct failure *f);

/* Legal when it is not open. */
void invocation_close(struct invocation *v);

#endif
