/*
 * The server from a message to its reply: the heads' parsers, the
 * credential, and every procedure of services.def with its own arguments.
 *
 * The input is served as a message in each envelope, on a stream and as a
 * datagram; then, behind a sound head, as the arguments of every procedure
 * of every service. A worker without its thread does it; timers are run
 * afterwards, so that deferred calls are answered.
 */
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "envelope.h"
#include "record.h"
#include "roundtrip.h"
#include "server/call.h"
#include "server/dispatch.h"
#include "server/peer.h"
#include "server/server.h"
#include "server/service.h"
#include "server/worker.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { REPLY_LIMIT = 8192 };

static struct server server;
static struct worker worker;

/* Each mechanism once: its envelope, stream or datagrams. */
static struct peer *peers[MECH_COUNT];

static void
answer_datagram(struct origin *o, struct call *c)
{
	(void)o;
	MUST(c->reply.len <= REPLY_LIMIT + ENVELOPE_REPLY_MAX);
	call_end(c);
	call_free(c);
}

static struct peer *
new_peer(enum mech_id mech)
{
	struct origin o = { .mech = mech, .netid = mech_info[mech].netid };
	struct peer *p = peer_new(&server, -1, -1, &o);

	MUST(p != NULL);
	p->worker = &worker;
	p->origin.reply_max = REPLY_LIMIT;
	if (mech == MECH_ID_rpc_udp) {
		p->origin.stream = false;
		p->origin.answer = answer_datagram;
	}
	return p;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	services_init();
	server.limits = limits_default;
	server.budget.limit = server.limits.buffers;
	MUST(worker_init(&worker, &server, 0) == 0);
	worker_enter(&worker);
	for (int i = 0; i < MECH_COUNT; i++)
		peers[i] = new_peer((enum mech_id)i);
	return 0;
}

/* Exactly one reply, to this xid, of a size that was allowed. */
static void
check_reply(const struct origin *o, const uint8_t *reply, size_t n,
    const uint8_t *msg)
{
	struct reply_head h = { 0 };

	if (o->stream) {
		MUST(n >= 4 && be32_get(reply) == (0x80000000u | (n - 4)));
		reply += 4;
		n -= 4;
	}
	MUST(n <= REPLY_LIMIT + ENVELOPE_REPLY_MAX);
	MUST(o->envelope->parse_reply(reply, n, &h) == 0);
	MUST(h.xid == be32_get(msg));
}

/* Deferred calls of p get their answers, which are not sent. */
static void
finish(struct peer *p)
{
	timers_run(&worker.loop.timers, UINT64_MAX - 1);
	MUST(p->ndeferred == 0 && worker.deferred == 0 && !p->closed);
	if (p->chan.out.len > 0)
		MUST(p->chan.out.len <= 4 + REPLY_LIMIT + ENVELOPE_REPLY_MAX);
	buf_release(&p->chan.out);
	list_remove(&p->answered);
}

static void
serve(struct peer *p, const uint8_t *msg, size_t n)
{
	int err;

	worker.out.len = 0;
	err = dispatch(&worker, &p->origin, msg, n);
	MUST(err == 0 || worker.out.len == 0);
	if (worker.out.len > 0)
		check_reply(&p->origin, worker.out.data, worker.out.len, msg);
	finish(p);
}

/* A sound head, then data, in memory that ends where the message does. */
static void
serve_call(struct peer *p, const struct call_head *h, const uint8_t *data,
    size_t n)
{
	uint8_t head[ENVELOPE_CALL_MAX];
	size_t size = p->origin.envelope->write_call(head, h);
	uint8_t *msg = malloc(size + n);

	MUST(msg != NULL);
	memcpy(msg, head, size);
	if (n > 0)
		memcpy(msg + size, data, n);
	serve(p, msg, size + n);
	free(msg);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct call_head h = { .xid = 7 };

	serve(peers[MECH_ID_rpc_tcp], data, n);
	serve(peers[MECH_ID_rpc_udp], data, n);
	serve(peers[MECH_ID_tcp], data, n);
	for (unsigned i = 0; i < nservices; i++) {
		h.prog = services[i].prog;
		h.vers = services[i].vers;
		for (h.proc = 0; h.proc <= services[i].nrows; h.proc++)
			serve_call(peers[n % MECH_COUNT], &h, data, n);
	}
	return 0;
}
