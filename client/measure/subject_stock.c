/*
 * Stock libtirpc as the subject of a measurement: its own client, rpcgen's
 * stubs, and its own server (stock_server.c) with the daemon's handlers.
 */
#include <errno.h>
#include <string.h>

#include "crc32c.h"
#include "measure/subject.h"
#include "xsafe.h"

static int
stock_open(struct subject *s, const struct work *w, bool blocking,
    struct failure *f)
{
	struct timeval tv = { .tv_sec = s->timeout_ms / 1000 };

	(void)w, (void)blocking;
	s->clnt = stock_client(s->stock, s->mech);
	if (s->clnt == NULL)
		return failure_set(f, EXIT_UNREACHABLE, "stock %s: %s",
		    s->mech, strerror(errno));
	clnt_control(s->clnt, CLSET_TIMEOUT, (char *)&tv);
	return 0;
}

static int
stock_error(CLIENT *clnt, enum clnt_stat stat)
{
	struct rpc_err e;

	switch (stat) {
	case RPC_SUCCESS:
		return 0;
	case RPC_CANTENCODEARGS:
		return -EMSGSIZE;
	case RPC_TIMEDOUT:
		return -ETIMEDOUT;
	default:
		clnt_geterr(clnt, &e);
		return e.re_errno > 0 ? -e.re_errno : -EPROTO;
	}
}

/* The payload is where the argument has it, behind its length. */
static echo_payload
payload_of(const struct request *rq)
{
	return (echo_payload){ .echo_payload_len = rq->carries,
		.echo_payload_val = (char *)rq->args + 4 };
}

static int
stock_round_trip(struct subject *s, const struct work *w,
    const struct request *rq, uint64_t deadline_ns)
{
	echo_payload arg = payload_of(rq);
	char nothing = 0;

	(void)w, (void)deadline_ns;	/* the handle has its time limit */
	switch (rq->proc) {
	case ECHO_NULL:
		return stock_error(s->clnt, echo_null_1(&nothing, &nothing,
		    s->clnt));
	case ECHO_SINK:
		return stock_error(s->clnt, echo_sink_1(&arg, &s->digest,
		    s->clnt));
	default:
		xsafe_free((xdrproc_t)xdr_echo_payload, &s->answer);
		s->answer.echo_payload_len = 0;
		return stock_error(s->clnt, echo_echo_1(&arg, &s->answer,
		    s->clnt));
	}
}

static const char *
stock_wrong(const struct subject *s, const struct work *w,
    const struct request *rq)
{
	const echo_payload *p = &s->answer;
	bool right = true;

	(void)w;
	if (rq->proc == ECHO_SINK)
		right = s->digest.length == rq->carries &&
		    s->digest.crc32c == rq->crc;
	else if (rq->proc == ECHO_ECHO)
		right = p->echo_payload_len == rq->brings &&
		    crc32c(0, p->echo_payload_val, rq->brings) == rq->crc;
	return right ? NULL : "wrong bytes came back";
}

static int
stock_ledger(struct subject *s, struct work *w, struct ledger *l)
{
	char nothing = 0;
	echo_whoami who = { 0 };
	int err = stock_error(s->clnt, echo_whoami_1(&nothing, &who, s->clnt));

	(void)w;
	*l = (struct ledger){ 0 };
	if (err == 0)
		ledger_from(l, &who);
	xsafe_free((xdrproc_t)xdr_echo_whoami, &who);
	return err;
}

static void
stock_close(struct subject *s)
{
	xsafe_free((xdrproc_t)xdr_echo_payload, &s->answer);
	s->answer.echo_payload_len = 0;
	clnt_destroy(s->clnt);
	s->clnt = NULL;
}

const struct subject_ops subject_stock_ops = {
	.open = stock_open,
	.call = stock_round_trip,
	.wrong = stock_wrong,
	.ledger = stock_ledger,
	.close = stock_close,
};
