/*
 * XDR streams over memory, in place of libtirpc's xdrmem: decoding within
 * exact bounds, encoding into a buffer that grows.
 *
 * Decoding can lend: an opaque then points into the message, no copy and no
 * allocation, and freeing through the same kind of stream leaves it alone.
 * The types of generated code are decoded by xsafe.h on top of this.
 */
#ifndef RPCALL_XBUF_H
#define RPCALL_XBUF_H

#include <rpc/rpc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* Decodes n bytes at data, which outlive what is lent from them. */
void xbuf_decode(XDR *x, const void *data, size_t n, bool lend);

/* Appends to b, to at most limit bytes of b->len; then encoding fails. */
void xbuf_encode(XDR *x, struct buf *b, size_t limit);

/* A run of bytes of the message that is part of what is encoded. */
struct xbuf_loan {
	const uint8_t *data;	/* the message, then what was lent of it */
	size_t size;		/* of the message */
	size_t len;		/* 0: nothing was */
	size_t at;		/* in the buffer: it goes before what is there */
};

/*
 * x, which encodes, does not copy the first large opaque that points into the
 * message of l, but says so in l. Both outlive x.
 */
void xbuf_lend(XDR *x, struct xbuf_loan *l);

/*
 * Frees what decoding allocated, as xdr_free() does, but for what was lent
 * from [data, data + n).
 */
void xbuf_free(xdrproc_t proc, void *object, const void *data, size_t n);

/* Is x one of these streams? */
bool xbuf_is(const XDR *x);

/* It fails for lack of memory, not for what the bytes are or how many. */
void xbuf_starve(XDR *x);
bool xbuf_starved(const XDR *x);

/* Of a routine that returned done, and is to have taken all there was: 0,
 * -ENOMEM, or -EBADMSG. */
int xbuf_outcome(const XDR *x, bool_t done);

/* Bytes left to decode. */
size_t xbuf_left(const XDR *x);

/* Decoding: n bytes in place, advancing past them; NULL where they end. */
uint8_t *xbuf_take(XDR *x, size_t n);

/* May opaques point into the message? */
bool xbuf_lends(const XDR *x);

/* Freeing: is p lent, and so not to be freed? */
bool xbuf_lent(const XDR *x, const void *p);

#endif
