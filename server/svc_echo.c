/*
 * ECHO, the measuring service (idl/echo.x). The same handlers run behind
 * every mechanism, and behind libtirpc's own server in the stock baseline.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "crc32c.h"
#include "echo.h"
#include "pattern.h"
#include "server/call.h"
#include "server/identity.h"
#include "tally.h"

enum {
	LANES = 256,
	LENGTH_SIZE = 4,	/* of an opaque, in XDR */
	KEPT_MIN = 64 << 10,	/* bytes of SOURCE's pattern that are kept */
	KEPT_MAX = 1 << 20,	/* for calls that ask for the same */
};

/*
 * What was served, in lanes of a cache line each, so that workers do not
 * write to each other's, nor need locked instructions. Threads beyond LANES
 * share the last one.
 */
static struct lane {
	_Alignas(64) uint64_t calls;
	uint64_t bytes_in, bytes_out;
	uint8_t *kept;		/* SOURCE's pattern, KEPT_MAX bytes, or NULL */
	uint32_t seed;		/* of it */
	uint32_t length;	/* bytes of it that have been made */
} lanes[LANES + 1];

static struct lane *
my_lane(void)
{
	static atomic_uint next;
	static _Thread_local struct lane *mine;

	if (mine == NULL) {
		unsigned i = atomic_fetch_add(&next, 1);

		mine = &lanes[i < LANES ? i : LANES];
	}
	return mine;
}

static void
add(const struct lane *l, uint64_t *counter, uint64_t n)
{
	if (l != &lanes[LANES])
		tally_add(counter, n);
	else
		__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

static void
count_call(size_t in, size_t out)
{
	struct lane *l = my_lane();

	add(l, &l->calls, 1);
	if (in > 0)
		add(l, &l->bytes_in, in);
	if (out > 0)
		add(l, &l->bytes_out, out);
}

bool_t
echo_null_1_svc(void *arg, void *res, struct svc_req *rq)
{
	(void)arg, (void)res, (void)rq;
	count_call(0, 0);
	return TRUE;
}

bool_t
echo_echo_1_svc(echo_payload *arg, echo_payload *res, struct svc_req *rq)
{
	(void)rq;
	count_call(arg->echo_payload_len, arg->echo_payload_len);
	/* The argument's bytes become the result's: no copy. */
	*res = *arg;
	arg->echo_payload_val = NULL;
	arg->echo_payload_len = 0;
	return TRUE;
}

bool_t
echo_sink_1_svc(echo_payload *arg, echo_digest *res, struct svc_req *rq)
{
	(void)rq;
	count_call(arg->echo_payload_len, 0);
	res->length = arg->echo_payload_len;
	res->crc32c = crc32c(0, arg->echo_payload_val, arg->echo_payload_len);
	return TRUE;
}

/* The pattern from what this thread keeps of it, or NULL: it is not to be kept,
 * or there is no memory. */
static uint8_t *
kept_pattern(const echo_source_args *arg)
{
	struct lane *l = my_lane();

	if (arg->length < KEPT_MIN || arg->length > KEPT_MAX ||
	    l == &lanes[LANES])
		return NULL;
	if (l->kept == NULL)
		l->kept = malloc(KEPT_MAX);
	if (l->kept == NULL)
		return NULL;
	if (l->seed != arg->seed || l->length < arg->length) {
		pattern_fill(l->kept, arg->length, arg->seed);
		l->seed = arg->seed;
		l->length = arg->length;
	}
	return l->kept;
}

/* Makes it where it is to be sent from. */
static uint8_t *
pattern_in_reply(const echo_source_args *arg, struct call *c)
{
	uint8_t *to = call_reply_room(c, LENGTH_SIZE, arg->length);

	if (to != NULL)
		pattern_fill(to, arg->length, arg->seed);
	return to;
}

static void
answer_source(const echo_source_args *arg, struct svc_req *rq)
{
	struct call *c = container_of(rq, struct call, rq);
	echo_payload made = { .echo_payload_len = arg->length };
	uint8_t *from = kept_pattern(arg);

	if (from != NULL)
		call_lend(c, from, arg->length);
	else
		from = pattern_in_reply(arg, c);
	if (from == NULL) {
		svcerr_systemerr(rq->rq_xprt);
		return;
	}
	made.echo_payload_val = (char *)from;
	svc_sendreply(rq->rq_xprt, (xdrproc_t)xdr_echo_payload,
	    (char *)&made);
	count_call(0, arg->length);
}

static bool
source_into_memory(const echo_source_args *arg, echo_payload *res,
    struct svc_req *rq)
{
	res->echo_payload_val = malloc(arg->length + 1);
	if (res->echo_payload_val == NULL) {
		svcerr_systemerr(rq->rq_xprt);
		return false;
	}
	res->echo_payload_len = arg->length;
	pattern_fill(res->echo_payload_val, arg->length, arg->seed);
	count_call(0, arg->length);
	return true;
}

bool_t
echo_source_1_svc(echo_source_args *arg, echo_payload *res,
    struct svc_req *rq)
{
	/* A stock server frees the result even where there is none. */
	memset(res, 0, sizeof(*res));
	if (arg->length > ECHO_MAX) {
		svcerr_decode(rq->rq_xprt);
		return FALSE;
	}
	/* A stock server takes results as they are. */
	if (!call_can_defer(rq))
		return source_into_memory(arg, res, rq);
	answer_source(arg, rq);
	return FALSE;
}

bool_t
echo_delay_1_svc(u_int *arg, void *res, struct svc_req *rq)
{
	struct call *c;

	(void)res;
	if (*arg > ECHO_DELAY_MAX) {
		svcerr_decode(rq->rq_xprt);
		return FALSE;
	}
	if (!call_can_defer(rq)) {
		/* A stock server has no way to answer later: it waits. */
		struct timespec ts = { *arg / 1000000,
			(long)(*arg % 1000000) * 1000 };

		nanosleep(&ts, NULL);
		return TRUE;
	}
	c = call_may_linger(rq) ? call_defer(rq) : NULL;
	if (c == NULL) {
		svcerr_systemerr(rq->rq_xprt);
		return FALSE;
	}
	call_reply_after(c, (uint64_t)*arg * 1000);
	return FALSE;
}

static unsigned long long
ns_of(const struct timeval *tv)
{
	return (unsigned long long)tv->tv_sec * 1000000000 +
	    (unsigned long long)tv->tv_usec * 1000;
}

static void
fill_usage(echo_usage *u)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	u->user_ns = ns_of(&r.ru_utime);
	u->system_ns = ns_of(&r.ru_stime);
	u->voluntary = (unsigned long long)r.ru_nvcsw;
	u->involuntary = (unsigned long long)r.ru_nivcsw;
	for (int i = 0; i <= LANES; i++) {
		u->calls += tally_get(&lanes[i].calls);
		u->bytes_in += tally_get(&lanes[i].bytes_in);
		u->bytes_out += tally_get(&lanes[i].bytes_out);
	}
}

bool_t
echo_whoami_1_svc(void *arg, echo_whoami *res, struct svc_req *rq)
{
	struct identity_text id;

	(void)arg;
	memset(res, 0, sizeof(*res));
	identity_of(rq, &id);
	res->mechanism = strdup(id.mechanism);
	res->netid = strdup(id.netid);
	res->peer = strdup(id.peer);
	res->server = strdup("rpcall " RPCALL_VERSION);
	res->identity = (echo_identity)id.kind;
	res->uid_known = id.uid_known;
	res->uid = id.uid;
	fill_usage(&res->usage);
	if (res->mechanism && res->netid && res->peer && res->server)
		return TRUE;
	/* Without memory: what there is goes with the call. */
	free(res->mechanism);
	free(res->netid);
	free(res->peer);
	free(res->server);
	memset(res, 0, sizeof(*res));
	svcerr_systemerr(rq->rq_xprt);
	return FALSE;
}
