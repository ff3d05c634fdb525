/*
 * A hostile server: the client's parsers of a reply's head, and the decoder
 * of every procedure's result behind it.
 */
#include <string.h>

#include "envelope.h"
#include "roundtrip.h"
#include "server/service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
decode_results(const uint8_t *data, size_t n)
{
	for (unsigned i = 0; i < nservices; i++)
		for (uint32_t p = 0; p < services[i].nrows; p++)
			roundtrip(services[i].rows[p].xdr_res,
			    services[i].rows[p].len_res, data, n);
}

/* What a parser accepts is what its writer makes, but for a verifier. */
static void
check_head(const struct envelope *e, const uint8_t *data,
    const struct reply_head *h)
{
	uint8_t out[ENVELOPE_REPLY_MAX];
	struct reply_head again = { 0 };
	size_t n = e->write_reply(out, h->xid, &h->status);

	MUST(n <= sizeof(out) && n <= h->size);
	MUST(memcmp(out, data, 4) == 0);
	MUST(e->parse_reply(out, n, &again) == 0);
	MUST(again.size == n && again.xid == h->xid);
	MUST(again.status.kind == h->status.kind);
	MUST(again.status.low == h->status.low);
	MUST(again.status.high == h->status.high);
	MUST(again.status.auth == h->status.auth);
}

static void
parse(const struct envelope *e, const uint8_t *data, size_t n)
{
	struct reply_head h = { 0 };

	if (e->parse_reply(data, n, &h) != 0)
		return;
	MUST(h.size <= n && h.status.kind <= REPLY_RPC_MISMATCH);
	check_head(e, data, &h);
	if (h.status.kind == REPLY_SUCCESS)
		decode_results(data + h.size, n - h.size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	services_init();
	parse(&rpcmsg_envelope, data, n);
	parse(&frame_envelope, data, n);
	decode_results(data, n);
	return 0;
}
