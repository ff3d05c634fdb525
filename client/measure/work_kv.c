/*
 * The workloads "kv-get", "kv-put" and "kv-mixed": a key-value store that is
 * asked for, or given, values of one size. Its keys are a fixed set, drawn
 * uniformly by a seeded generator. A key has the same value for ever, so that
 * every GET can be checked, whatever PUTs are under way.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "crc32c.h"
#include "measure/stats.h"
#include "measure/work_kv.h"
#include "pattern.h"
#include "xbuf.h"

enum {
	KEYS_MIN = 16, KEYS_MAX = 1024,
	VALUES_BYTES = 16 << 20,	/* of all values, from 16 KiB on */
	/* Where the members of an opid are in the arguments of PUT, and where
	 * the value is in the answer to GET. */
	OPID_SEQUENCE = KV_CLIENT_SIZE, OPID_DONE = OPID_SEQUENCE + 8,
	GET_LENGTH = 4 + 8 + 8, GET_VALUE = GET_LENGTH + 4,
	PUT_ANSWER = 4 + 8 + 8,
};

kv_key
kv_make_key(const struct work *w, unsigned i, char text[KV_WORK_KEY])
{
	int n = snprintf(text, KV_WORK_KEY, "rpcall-bench/%u/%04u", w->size,
	    i);

	return (kv_key){ (u_int)n, text };
}

void
kv_make_value(const struct work *w, unsigned i, uint8_t *value)
{
	pattern_fill(value, w->size, i + 1);
}

static int
encode(struct request *rq, size_t room, xdrproc_t proc, void *args)
{
	struct buf b = { 0 };
	XDR x;
	int err = 0;

	xbuf_encode(&x, &b, room);
	if (proc(&x, args)) {
		memcpy(rq->args, b.data, b.len);
		rq->args_len = b.len;
	} else
		err = -ENOMEM;
	buf_release(&b);
	return err;
}

static int
make_get(const struct work *w, struct request *rq, unsigned i, size_t room,
    uint32_t crc)
{
	char text[KV_WORK_KEY];
	kv_key key = kv_make_key(w, i, text);

	rq->proc = KV_GET;
	rq->carries = key.kv_key_len;
	rq->brings = w->size;
	rq->crc = crc;
	return encode(rq, room, (xdrproc_t)xdr_kv_key, &key);
}

static int
make_put(const struct work *w, struct request *rq, unsigned i, size_t room,
    uint8_t *value)
{
	char text[KV_WORK_KEY];
	kv_put_args args = { .key = kv_make_key(w, i, text),
		.value = { w->size, (char *)value } };

	rq->proc = KV_PUT;
	rq->change = true;
	rq->carries = args.key.kv_key_len + w->size;
	return encode(rq, room, (xdrproc_t)xdr_kv_put_args, &args);
}

/* GETs come first, PUTs after them, where there are both. */
static int
make_requests(struct work *w, bool gets, bool puts)
{
	struct kv_state *st = kv_work_state(w);
	size_t room = sizeof(kv_opid) + KV_WORK_KEY + 16 + xdr_padded(w->size);
	uint8_t *value = malloc(w->size + 1);
	int err = work_allocate(w, st->keys * ((size_t)gets + puts), room);

	if (value == NULL)
		err = -ENOMEM;
	for (unsigned i = 0; i < st->keys && err == 0; i++) {
		kv_make_value(w, i, value);
		if (gets)
			err = make_get(w, &w->requests[i], i, room,
			    crc32c(0, value, w->size));
		if (puts && err == 0)
			err = make_put(w, &w->requests[gets ? st->keys + i : i],
			    i, room, value);
	}
	free(value);
	return err;
}

static unsigned
count_keys(uint32_t size)
{
	unsigned n = VALUES_BYTES / (size > 0 ? size : 1);

	return n < KEYS_MIN ? KEYS_MIN : n > KEYS_MAX ? KEYS_MAX : n;
}

static const char *get_wrong(const struct work *w, const struct request *rq,
    const struct reply *r);
static const char *put_wrong(const struct work *w, const struct request *rq,
    const struct reply *r);

static int
init(struct work *w, bool gets, bool puts)
{
	struct kv_state *st = calloc(1, sizeof(*st));
	int err;

	if (st == NULL)
		return -ENOMEM;
	w->state = st;
	st->keys = count_keys(w->size);
	w->prog = KV_PROG;
	w->vers = KV_V1;
	w->label = w->ops->name;
	err = make_requests(w, gets, puts);
	return err ? err : work_draw(w, st->keys);
}

static int
get_init(struct work *w)
{
	w->name = "KV.GET";
	w->wrong = get_wrong;
	return init(w, true, false);
}

static int
put_init(struct work *w)
{
	w->name = "KV.PUT";
	w->wrong = put_wrong;
	return init(w, false, true);
}

static const char *
mixed_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	return rq->proc == KV_GET ? get_wrong(w, rq, r) :
	    put_wrong(w, rq, r);
}

/* Which calls are PUTs is drawn by another generator than the keys are. */
static int
mixed_init(struct work *w)
{
	uint64_t random = ~w->spec.seed;
	int err;

	w->name = "KV.GET+PUT";
	w->wrong = mixed_wrong;
	err = init(w, true, true);
	for (unsigned i = 0; i < WORK_TURNS && err == 0; i++)
		if (stats_random(&random) % 100 < w->spec.puts)
			w->drawn[i] += kv_work_state(w)->keys;
	return err;
}

/* What the store said in place of the answer. */
static const char *
status_words(const struct reply *r)
{
	static const char *const words[] = {
		[KV_OK] = "an answer of the wrong length came back",
		[KV_NOT_FOUND] = "a key was not found",
		[KV_NOSPACE] = "the store is full",
		[KV_STALE] = "the store had forgotten this client",
		[KV_TOO_LARGE] = "the store found a value too large",
		[KV_BUSY] = "the store was busy: fewer calls outstanding",
	};
	uint32_t status = r->len >= 4 ? be32_get(r->body) : UINT32_MAX;

	return status < sizeof(words) / sizeof(words[0]) && words[status] ?
	    words[status] : "the store gave another answer";
}

/* Status, revision, time to live, then the value. */
static const char *
get_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	(void)w;
	if (r->len != GET_VALUE + xdr_padded(rq->brings) ||
	    be32_get(r->body) != KV_OK)
		return status_words(r);
	return be32_get(r->body + GET_LENGTH) == rq->brings &&
	    crc32c(0, r->body + GET_VALUE, rq->brings) == rq->crc ? NULL :
	    "a wrong value came back";
}

/* Status, first and last revision. */
static const char *
put_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	(void)w, (void)rq;
	return r->len == PUT_ANSWER && be32_get(r->body) == KV_OK ? NULL :
	    status_words(r);
}

static void
put_hyper(uint8_t *p, uint64_t v)
{
	be32_put(p, (uint32_t)(v >> 32));
	be32_put(p + 4, (uint32_t)v);
}

/*
 * The store answers PUTs of one connection in the order in which they came:
 * what is so far back that it cannot be outstanding has been answered. That
 * holds for no two connections, one of which the server may be slow to read,
 * so each is a client of its own.
 */
static int
freshen(struct work *w, struct request *rq)
{
	uint32_t slot = w->connection % KV_WORK_CLIENTS;
	struct kv_writer *me;
	uint64_t back = w->spec.outstanding, sent;

	if (rq->proc != KV_PUT)
		return 0;
	me = kv_work_state(w)->writer;
	sent = ++me->sent[slot];
	memcpy(rq->args, me->id, sizeof(me->id));
	be32_put(rq->args, be32_get(rq->args) ^ slot);
	put_hyper(rq->args + OPID_SEQUENCE, me->sequence + sent);
	put_hyper(rq->args + OPID_DONE, sent > back ? me->sequence + sent -
	    back : 0);
	return 0;
}

static void
release(struct work *w)
{
	free(w->state);
}

enum { OUTSTANDING_MAX = 1024 };	/* KV_WINDOW: a client has no more */

const struct work_ops work_kv_get = {
	.name = "kv-get",
	.about = "GET of a key, drawn uniformly from at most 1,024",
	.sizes = "100", .size_max = KV_VALUE_MAX,
	.init = get_init, .begin = kv_begin,
	.account = kv_account, .clean = kv_clean, .release = release,
};

const struct work_ops work_kv_put = {
	.name = "kv-put",
	.about = "PUT, each with an opid of its own; durable as the store is",
	.sizes = "100", .size_max = KV_VALUE_MAX,
	.outstanding_max = OUTSTANDING_MAX,
	.init = put_init, .begin = kv_begin, .freshen = freshen,
	.account = kv_account, .clean = kv_clean, .release = release,
};

const struct work_ops work_kv_mixed = {
	.name = "kv-mixed",
	.about = "GET and PUT of the same keys, --puts percent of them PUT",
	.sizes = "100", .size_max = KV_VALUE_MAX,
	.outstanding_max = OUTSTANDING_MAX,
	.init = mixed_init, .begin = kv_begin, .freshen = freshen,
	.account = kv_account, .clean = kv_clean, .release = release,
};
