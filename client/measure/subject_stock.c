/*
 * Stock libtirpc as the subject of a measurement: its own client, rpcgen's
 * stubs, and its own server (stock_server.c) with the daemon's handlers.
 */
#include <errno.h>
#include <string.h>

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

static int
stock_echo(struct subject *s, const struct work *w)
{
	echo_payload arg = { .echo_payload_len = w->size,
		.echo_payload_val = (char *)w->payload };
	enum clnt_stat stat;

	xsafe_free((xdrproc_t)xdr_echo_payload, &s->reply);
	s->reply.echo_payload_len = 0;
	stat = echo_echo_1(&arg, &s->reply, s->clnt);
	s->answer = (const uint8_t *)s->reply.echo_payload_val;
	s->answer_len = s->reply.echo_payload_len;
	return stock_error(s->clnt, stat);
}

static int
stock_sink(struct subject *s, const struct work *w)
{
	echo_payload arg = { .echo_payload_len = w->size,
		.echo_payload_val = (char *)w->payload };
	echo_digest digest = { 0 };
	enum clnt_stat stat = echo_sink_1(&arg, &digest, s->clnt);

	s->answer_len = digest.length;
	if (stat == RPC_SUCCESS && digest.crc32c != w->crc)
		return -EBADMSG;
	return stock_error(s->clnt, stat);
}

static int
stock_round_trip(struct subject *s, const struct work *w,
    uint64_t deadline_ns)
{
	char nothing = 0;

	(void)deadline_ns;	/* the handle has its time limit */
	switch (w->proc) {
	case ECHO_NULL:
		s->answer_len = 0;
		return stock_error(s->clnt, echo_null_1(&nothing, &nothing,
		    s->clnt));
	case ECHO_SINK:
		return stock_sink(s, w);
	default:
		return stock_echo(s, w);
	}
}

static int
stock_ledger(struct subject *s, struct ledger *l)
{
	char nothing = 0;
	echo_whoami who = { 0 };
	int err = stock_error(s->clnt, echo_whoami_1(&nothing, &who, s->clnt));

	if (err == 0)
		ledger_from(l, &who);
	xsafe_free((xdrproc_t)xdr_echo_whoami, &who);
	return err;
}

static void
stock_close(struct subject *s)
{
	xsafe_free((xdrproc_t)xdr_echo_payload, &s->reply);
	s->reply.echo_payload_len = 0;
	clnt_destroy(s->clnt);
	s->clnt = NULL;
}

const struct subject_ops subject_stock_ops = {
	.open = stock_open,
	.call = stock_round_trip,
	.ledger = stock_ledger,
	.close = stock_close,
};
