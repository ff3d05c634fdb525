/*
 * Words for calls that failed: see call_error.h.
 */
#include "call_error.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "conn.h"
#include "idl/flow.h"
#include "interrupt.h"
#include "options.h"
#include "wire/heads.h"

/* Either end of this mistake looks like a server that is out of its mind. */
#define ENVELOPE_HINT "does it speak the other envelope? rpc+tcp: and "	\
	"rpc+local: are ONC RPC, tcp: and unix: the lean frame"

#define PIPE_HINT "a command is to serve its stdin and stdout, like: "	\
	"pipe:rpcalld --stdio"

int
call_timed_out(struct failure *f, const char *what, uint64_t ns)
{
	uint64_t longer = ns < 30 * NS_PER_S ? 60 * NS_PER_S : 10 * ns;
	char text[DURATION_TEXT];

	failure_set(f, EXIT_TIMEOUT, "%s: no reply within %s", what,
	    duration_text(ns, text));
	failure_hint(f, "wait longer: -t %llus",
	    (unsigned long long)(longer / NS_PER_S));
	return -f->code;
}

int
call_failed(struct failure *f, const char *what, int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return call_timed_out(f, what, common.timeout);
	case -EINTR:
		return failure_set(f, 128 + interrupt_signal(),
		    "interrupted");
	case -ECONNRESET:
	case -EPIPE:
		failure_set(f, EXIT_UNREACHABLE,
		    "the server closed the connection during %s", what);
		failure_hint(f, ENVELOPE_HINT);
		return -f->code;
	case -ECONNREFUSED:
		failure_set(f, EXIT_UNREACHABLE, "no server there (%s: "
		    "port unreachable)", what);
		failure_hint(f, "start one: rpcalld");
		return -f->code;
	case -EBADMSG:
		failure_set(f, EXIT_PROTOCOL,
		    "the server broke the protocol in its answer to %s", what);
		failure_hint(f, ENVELOPE_HINT);
		return -f->code;
	case -ENOMEM:
		return failure_set(f, EXIT_OS, "no memory (%s)", what);
	case -EMSGSIZE:
		/* Streams carry it in parts. */
		failure_set(f, EXIT_USAGE, "%s does not fit: a datagram has "
		    "at most %d bytes", what, CONN_DATAGRAM_MAX);
		failure_hint(f, "rpc+tcp:, rpc+local:, tcp: and unix: carry "
		    "more");
		return -f->code;
	default:
		return failure_set(f, EXIT_OS, "%s failed (%s)", what,
		    strerror(-err));
	}
}

int
call_failed_over(struct failure *f, const char *what, int err,
    const struct link *l)
{
	char fate[LINK_FATE];

	if (l->child <= 0 || (err != -ECONNRESET && err != -EPIPE &&
	    err != -EBADMSG && err != -ETIMEDOUT))
		return call_failed(f, what, err);
	if (err == -ETIMEDOUT)
		call_failed(f, what, err);
	else if (err == -EBADMSG)
		failure_set(f, EXIT_PROTOCOL, "what the command writes is no "
		    "answer to %s", what);
	else
		failure_set(f, EXIT_UNREACHABLE, "the command %s without an "
		    "answer to %s", link_fate(l, fate), what);
	failure_hint(f, PIPE_HINT);
	return -f->code;
}

int
call_too_large(struct failure *f, const char *what, uint64_t max)
{
	failure_set(f, EXIT_PROTOCOL, "the answer to %s has more than %llu "
	    "bytes", what, (unsigned long long)max);
	failure_hint(f, FLOW_HINT);
	return -f->code;
}

static int
denied(struct failure *f, const char *what, uint32_t why)
{
	failure_set(f, EXIT_DENIED, "%s: the server denies it (%s, "
	    "auth_stat %u)", what, head_auth_stat(why), why);
	if (strcmp(common.auth, "none") == 0)
		failure_hint(f, "say who you are: --auth sys");
	return -f->code;
}

int
call_refused(struct failure *f, const char *what,
    const struct reply_status *st)
{
	static const char *const words[] = {
		[REPLY_PROG_UNAVAIL] = "the server does not have that program",
		[REPLY_PROC_UNAVAIL] = "the program has no such procedure",
		[REPLY_GARBAGE_ARGS] = "the server cannot decode the "
		    "arguments",
		[REPLY_SYSTEM_ERR] = "the server could not do it",
	};

	switch (st->kind) {
	case REPLY_PROG_MISMATCH:
		return failure_set(f, EXIT_PROG_UNAVAIL + 1, "%s: the server "
		    "has versions %u to %u", what, st->low, st->high);
	case REPLY_RPC_MISMATCH:
		return failure_set(f, EXIT_RPC_MISMATCH, "%s: the server "
		    "speaks RPC versions %u to %u", what, st->low, st->high);
	case REPLY_AUTH_ERROR:
		return denied(f, what, st->auth);
	default:
		failure_set(f, EXIT_PROG_UNAVAIL + (int)st->kind - 1,
		    "%s: %s", what, words[st->kind]);
		if (st->kind == REPLY_GARBAGE_ARGS)
			failure_hint(f, "its interface may be another: -vv "
			    "shows what was sent, -i FILE names an .x file");
		return -f->code;
	}
}
