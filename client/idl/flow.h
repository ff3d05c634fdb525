/*
 * Values that are larger than what is held of them: the XDR comes in parts
 * and the JSON leaves in parts while a decoder works. What it holds at a time
 * is a scalar, FLOW_PART bytes of an opaque, or a string of at most VALUE_XDR
 * bytes: whether that is UTF-8 has to be known before it is printed.
 */
#ifndef RPCALL_IDL_FLOW_H
#define RPCALL_IDL_FLOW_H

#include <sys/types.h>

#include "idl/value.h"

enum {
	FLOW_PART = 48 << 10,	/* bytes; base64 takes them by three */
	FLOW_OUT = 64 << 10,	/* bytes of JSON leave together */
};

struct value_flow {
	/*
	 * Bytes of the message to *to, at most room: how many, 0 at its end,
	 * or -errno. Sets coming.
	 */
	ssize_t (*read)(struct value_flow *w, uint8_t *to, size_t room);
	/* Takes n bytes of JSON: 0 or -errno. */
	int (*write)(struct value_flow *w, const void *data, size_t n);
	size_t coming;		/* bytes that read() may still give, at most */
	bool limited;		/* they are what a limit leaves: how many the
				 * message has is not known yet */
	struct buf data, out;	/* what is held; both to be released */
};

/* All of it as "hex:..." or "base64:...": as flow_more(). */
int flow_bytes(struct value_flow *w, bool base64);

/* Where a message is over its limit. */
#define FLOW_HINT "a larger message: --max-record SIZE"

/*
 * Reads until n bytes are at d->at, or the message has ended: 0 or -errno,
 * of read() or -ENOMEM. What is before d->at is held no more.
 */
int flow_more(struct decoder *d, size_t n);

/* Gives what is in d->out to write(), all of it: 0 or -errno. */
int flow_out(struct decoder *d);

#endif
