/*
 * The client of KV that repeats itself: see kv_client.h. Called by verb_kv.c
 * and by the workloads of KV.
 */
#include "kv_client.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "call_error.h"
#include "clock.h"
#include "interrupt.h"
#include "open.h"
#include "xbuf.h"

enum {
	ATTEMPT_S = 5, PATIENCE_S = 30,
	NAP_MIN_MS = 10, NAP_MAX_MS = 500,
	ARGS_MAX = (4 << 20) + (4 << 10),
};

/* A call under way, however often it is sent. */
struct query {
	uint32_t proc;
	bool change;
	xdrproc_t xres;
	void *res;
	uint64_t deadline;
	uint64_t nap_ms;	/* before the next round of attempts */
};

static const char *const procedures[] = {
	"KV.NULL", "KV.GET", "KV.PUT", "KV.DELETE", "KV.CAS", "KV.RANGE",
	"KV.TXN", "KV.WATCH", "KV.STAT",
};

const char *
kv_status_name(kv_status status)
{
	static const char *const names[] = {
		[KV_OK] = "KV_OK", [KV_NOT_FOUND] = "KV_NOT_FOUND",
		[KV_CONFLICT] = "KV_CONFLICT", [KV_NOSPACE] = "KV_NOSPACE",
		[KV_COMPACTED] = "KV_COMPACTED", [KV_STALE] = "KV_STALE",
		[KV_OPID_REUSED] = "KV_OPID_REUSED",
		[KV_TOO_LARGE] = "KV_TOO_LARGE", [KV_BUSY] = "KV_BUSY",
	};

	return (unsigned)status < sizeof(names) / sizeof(names[0]) ?
	    names[status] : "an unknown status";
}

void
kv_free(xdrproc_t xres, void *res)
{
	xbuf_free(xres, res, NULL, 0);
}

int
kv_client_init(struct kv_client *c, const struct target *targets, size_t n)
{
	*c = (struct kv_client){ .targets = targets, .ntargets = n,
		.attempt_ns = ATTEMPT_S * NS_PER_S,
		.patience_ns = PATIENCE_S * NS_PER_S };
	if (getrandom(c->id, sizeof(c->id), 0) != (ssize_t)sizeof(c->id))
		return -EIO;
	return 0;
}

/* The next attempt takes another connection, over the next target. */
static void
disconnect(struct kv_client *c)
{
	if (c->conn == &c->own) {
		conn_release(&c->own);
		c->conn = NULL;
		c->at = (c->at + 1) % c->ntargets;
	}
}

void
kv_client_release(struct kv_client *c)
{
	disconnect(c);
	buf_release(&c->args);
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* 0, or f's code negated. */
static int
connect_to(struct kv_client *c, uint64_t deadline, struct failure *f)
{
	uint64_t now = clock_ns();
	struct target t = c->targets[c->at];
	struct open_request req = { .prog = KV_PROG, .vers = KV_V1 };
	struct link l;
	int err;

	req.timeout_ms = deadline <= now ? 1 : (uint32_t)(earlier(
	    c->attempt_ns, deadline - now) / NS_PER_MS) + 1;
	err = target_open(&t, &req, &l, f);
	if (err)
		return err;
	if (conn_init(&c->own, &l) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	if (t.auth_sys)
		conn_auth_sys(&c->own);
	c->conn = &c->own;
	return 0;
}

/* Sleeps a little longer each time, but not beyond the deadline. */
static void
nap(struct query *q)
{
	uint64_t now = clock_ns(), ns = q->nap_ms * NS_PER_MS;
	struct timespec ts;

	if (now >= q->deadline)
		return;
	ns = earlier(ns, q->deadline - now);
	ts = (struct timespec){ (time_t)(ns / NS_PER_S),
		(long)(ns % NS_PER_S) };
	nanosleep(&ts, NULL);
	q->nap_ms = earlier(2 * q->nap_ms, NAP_MAX_MS);
}

/*
 * Is it worth another attempt? All that says that the call may not have
 * arrived, or its answer not have come; and what another target may carry.
 */
static bool
may_help(const struct kv_client *c, int err)
{
	switch (err) {
	case -ETIMEDOUT:
	case -ECONNRESET:
	case -EPIPE:
	case -ECONNREFUSED:
		return c->ntargets > 0;
	case -EMSGSIZE:
		return c->ntargets > 1;
	default:
		return false;
	}
}

static int
decode(const struct query *q, const struct reply *r, struct failure *f)
{
	XDR x;
	int err;

	xbuf_decode(&x, r->body, r->len, false);
	err = xbuf_outcome(&x, q->xres(&x, q->res));
	if (err == 0)
		return 0;
	kv_free(q->xres, q->res);
	return call_failed(f, procedures[q->proc], err);
}

/* err of an attempt that had ns; as attempt(). */
static int
attempt_failed(struct kv_client *c, const struct query *q, int err,
    uint64_t ns, struct failure *f)
{
	bool again = may_help(c, err);

	if (err == -ETIMEDOUT)
		call_timed_out(f, procedures[q->proc], ns);
	else
		call_failed_over(f, procedures[q->proc], err, &c->conn->link);
	if (err != -EINTR)
		disconnect(c);
	return again ? -EAGAIN : -f->code;
}

/*
 * Sends it once more: 0 when q->res is the answer; -EAGAIN when it is to be
 * sent again; or f's code negated.
 */
static int
attempt(struct kv_client *c, struct query *q, struct failure *f)
{
	struct call_head head = { .prog = KV_PROG, .vers = KV_V1,
		.proc = q->proc };
	uint64_t resent = c->conn->resent;
	uint64_t start = clock_ns();
	uint64_t end = earlier(q->deadline, start + c->attempt_ns);
	struct reply r;
	int err = conn_call(c->conn, &head, c->args.data, c->args.len, &r,
	    end);

	c->sent += 1 + (unsigned)(c->conn->resent - resent);
	if (err)
		return attempt_failed(c, q, err, end - start, f);
	c->served = true;
	if (r.status.kind == REPLY_SUCCESS)
		return decode(q, &r, f);
	call_refused(f, procedures[q->proc], &r.status);
	/* Of a change it means that its outcome is unknown. */
	return q->change && r.status.kind == REPLY_SYSTEM_ERR ? -EAGAIN :
	    -f->code;
}

/* Connects where it must, and attempts; as attempt(). */
static int
attempt_somewhere(struct kv_client *c, struct query *q, struct failure *f)
{
	int err = 0;

	if (c->conn == NULL)
		err = connect_to(c, q->deadline, f);
	if (err == 0)
		return attempt(c, q, f);
	c->at = (c->at + 1) % c->ntargets;
	/* Never seen alive: a mistake, most likely, and no use to wait. */
	return c->served || c->at != 0 ? -EAGAIN : err;
}

/* Until it is answered: 0, or f's code negated. */
static int
insist(struct kv_client *c, struct query *q, struct failure *f)
{
	int err;

	q->deadline = clock_ns() + c->patience_ns;
	q->nap_ms = NAP_MIN_MS;
	for (;;) {
		memset(f, 0, sizeof(*f));
		err = attempt_somewhere(c, q, f);
		if (err != -EAGAIN)
			return err;
		if (interrupt_signal() != 0 || clock_ns() >= q->deadline)
			return -f->code;
		/* Each target had its turn. */
		if (c->at == 0)
			nap(q);
	}
}

static int
encode(struct kv_client *c, uint32_t proc, xdrproc_t xargs, void *args,
    struct failure *f)
{
	XDR x;

	c->args.len = 0;
	if (xargs == NULL)
		return 0;
	xbuf_encode(&x, &c->args, ARGS_MAX);
	if (xargs(&x, args))
		return 0;
	if (xbuf_starved(&x))
		return call_failed(f, procedures[proc], -ENOMEM);
	return failure_set(f, EXIT_USAGE, "%s: an argument is too large",
	    procedures[proc]);
}

int
kv_client_ask(struct kv_client *c, uint32_t proc, xdrproc_t xargs, void *args,
    xdrproc_t xres, void *res, struct failure *f)
{
	struct query q = { .proc = proc, .xres = xres, .res = res };
	int err = encode(c, proc, xargs, args, f);

	c->sent = 0;
	return err ? err : insist(c, &q, f);
}

/*
 * A client that the server does not know starts above the floor of those that
 * it forgot. Only a call that was sent once is known not to have happened.
 */
static int
take_floor(struct kv_client *c, kv_opid *opid, uint64_t floor,
    struct failure *f)
{
	if (c->sent > 1)
		return failure_set(f, EXIT_INTERNAL, "the server has forgotten "
		    "this client: whether the call happened is not known");
	if (floor < c->sequence)
		return failure_set(f, EXIT_PROTOCOL,
		    "the server refuses a sequence above its floor");
	c->sequence = floor + 1;
	opid->sequence = c->sequence;
	opid->done = floor;
	c->sent = 0;
	return 0;
}

int
kv_client_change(struct kv_client *c, uint32_t proc, xdrproc_t xargs,
    void *args, kv_opid *opid, kv_write_result *res, struct failure *f)
{
	struct query q = { .proc = proc, .change = true,
		.xres = (xdrproc_t)xdr_kv_write_result, .res = res };
	uint64_t end = clock_ns() + c->patience_ns;
	int err;

	memcpy(opid->client, c->id, sizeof(c->id));
	opid->done = c->sequence++;
	opid->sequence = c->sequence;
	c->sent = 0;
	for (;;) {
		memset(res, 0, sizeof(*res));
		err = encode(c, proc, xargs, args, f);
		if (err == 0)
			err = insist(c, &q, f);
		if (err == 0 && res->status == KV_STALE)
			err = take_floor(c, opid,
			    res->kv_write_result_u.floor, f);
		else if (err || res->status != KV_BUSY)
			return err;
		if (err == 0 && (clock_ns() >= end || interrupt_signal() != 0))
			err = failure_set(f, EXIT_TIMEOUT, "the server is busy");
		if (err)
			return err;
		nap(&q);
	}
}
