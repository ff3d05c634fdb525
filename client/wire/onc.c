/*
 * From idl/frame.x to RFC 5531: see onc.h. Used by pcap.c.
 */
#include "wire/onc.h"

#include "envelope.h"

/* Appends a head and the rest of the frame after its own. */
static int
with_rest(const uint8_t *head, size_t size, const uint8_t *frame, size_t len,
    size_t from, struct buf *out, size_t *grown)
{
	int err = buf_append(out, head, size);

	*grown = size - from;
	return err ? err : buf_append(out, frame + from, len - from);
}

int
onc_of_frame(const uint8_t *frame, size_t len, bool call, struct buf *out,
    size_t *grown)
{
	uint8_t head[ENVELOPE_CALL_MAX];
	struct reply_status st;
	struct reply_head r;
	struct call_head c;

	if (call && frame_envelope.parse_call(frame, len, &c, &st) == 0)
		return with_rest(head, rpcmsg_envelope.write_call(head, &c),
		    frame, len, c.size, out, grown);
	if (!call && frame_envelope.parse_reply(frame, len, &r) == 0)
		return with_rest(head, rpcmsg_envelope.write_reply(head,
		    r.xid, &r.status), frame, len, r.size, out, grown);
	*grown = 0;
	return buf_append(out, frame, len);
}
