/*
 * XDR streams over memory: see xbuf.h. libtirpc's xdrmem cannot grow, and
 * says nothing of how much is left, without which a declared length cannot be
 * checked before memory is allocated for it.
 *
 * Use of XDR's members: x_private is the next byte to decode, or the struct
 * buf; x_base the start of the message; x_handy the bytes left; x_public is
 * x itself where opaques are lent, &starved where there was no memory; the
 * loan, if any, of a stream that encodes.
 */
#include "xbuf.h"

#include <errno.h>
#include <string.h>

#include "be.h"

enum { LEND_MIN = 64 << 10 };	/* less is copied sooner than sent apart */

static char starved;

static bool_t
in_getlong(XDR *x, long *v)
{
	uint8_t *p = xbuf_take(x, 4);

	if (p == NULL)
		return FALSE;
	*v = (int32_t)be32_get(p);
	return TRUE;
}

static bool_t
in_getbytes(XDR *x, char *to, u_int n)
{
	uint8_t *p = xbuf_take(x, n);

	if (p == NULL)
		return FALSE;
	memcpy(to, p, n);
	return TRUE;
}

static bool_t
no_putlong(XDR *x, const long *v)
{
	(void)x, (void)v;
	return FALSE;
}

static bool_t
no_putbytes(XDR *x, const char *from, u_int n)
{
	(void)x, (void)from, (void)n;
	return FALSE;
}

static bool_t
no_getlong(XDR *x, long *v)
{
	(void)x, (void)v;
	return FALSE;
}

static bool_t
no_getbytes(XDR *x, char *to, u_int n)
{
	(void)x, (void)to, (void)n;
	return FALSE;
}

static u_int
in_getpos(XDR *x)
{
	return (u_int)((char *)x->x_private - (char *)x->x_base);
}

static bool_t
no_setpos(XDR *x, u_int pos)
{
	(void)x, (void)pos;
	return FALSE;
}

/*
 * Inline access would bypass the byte-wise bounds and alignment handling
 * here; generated code falls back to one item at a time.
 */
static int32_t *
no_inline(XDR *x, u_int n)
{
	(void)x, (void)n;
	return NULL;
}

static void
no_destroy(XDR *x)
{
	(void)x;
}

static bool_t
no_control(XDR *x, int request, void *info)
{
	(void)x, (void)request, (void)info;
	return FALSE;
}

static uint8_t *
out_room(XDR *x, size_t n)
{
	struct buf *b = x->x_private;

	if (n > x->x_handy)
		return NULL;
	if (buf_reserve(b, n) != 0) {
		xbuf_starve(x);
		return NULL;
	}
	b->len += n;
	x->x_handy -= (u_int)n;
	return b->data + b->len - n;
}

static bool_t
out_putlong(XDR *x, const long *v)
{
	uint8_t *p = out_room(x, 4);

	if (p == NULL)
		return FALSE;
	be32_put(p, (uint32_t)*v);
	return TRUE;
}

static bool
is_lent(XDR *x, const uint8_t *from, size_t n)
{
	const struct buf *b = x->x_private;
	struct xbuf_loan *l = (struct xbuf_loan *)(void *)x->x_public;

	if (l == NULL || l->len > 0 || n < LEND_MIN || n > x->x_handy ||
	    (uintptr_t)from < (uintptr_t)l->data ||
	    (uintptr_t)from >= (uintptr_t)l->data + l->size)
		return false;
	l->data = from;
	l->len = n;
	l->at = b->len;
	x->x_handy -= (u_int)n;
	return true;
}

static bool_t
out_putbytes(XDR *x, const char *from, u_int n)
{
	uint8_t *p;

	if (is_lent(x, (const uint8_t *)from, n))
		return TRUE;
	p = out_room(x, n);
	if (p == NULL)
		return FALSE;
	/* It may be where it goes already. */
	if (p != (const uint8_t *)from)
		memcpy(p, from, n);
	return TRUE;
}

static u_int
out_getpos(XDR *x)
{
	return (u_int)((struct buf *)x->x_private)->len;
}

static const struct xdr_ops in_ops = {
	.x_getlong = in_getlong,
	.x_putlong = no_putlong,
	.x_getbytes = in_getbytes,
	.x_putbytes = no_putbytes,
	.x_getpostn = in_getpos,
	.x_setpostn = no_setpos,
	.x_inline = no_inline,
	.x_destroy = no_destroy,
	.x_control = no_control,
};

static const struct xdr_ops out_ops = {
	.x_getlong = no_getlong,
	.x_putlong = out_putlong,
	.x_getbytes = no_getbytes,
	.x_putbytes = out_putbytes,
	.x_getpostn = out_getpos,
	.x_setpostn = no_setpos,
	.x_inline = no_inline,
	.x_destroy = no_destroy,
	.x_control = no_control,
};

void
xbuf_decode(XDR *x, const void *data, size_t n, bool lend)
{
	x->x_op = XDR_DECODE;
	x->x_ops = &in_ops;
	x->x_base = x->x_private = (void *)data;
	x->x_handy = (u_int)n;
	x->x_public = lend ? (char *)x : NULL;
}

void
xbuf_encode(XDR *x, struct buf *b, size_t limit)
{
	x->x_op = XDR_ENCODE;
	x->x_ops = &out_ops;
	x->x_base = NULL;
	x->x_private = b;
	x->x_handy = limit > b->len ? (u_int)(limit - b->len) : 0;
	x->x_public = NULL;
}

void
xbuf_lend(XDR *x, struct xbuf_loan *l)
{
	x->x_public = (char *)l;
}

void
xbuf_free(xdrproc_t proc, void *object, const void *data, size_t n)
{
	XDR x;

	xbuf_decode(&x, data, n, true);
	x.x_op = XDR_FREE;
	proc(&x, object);
}

bool
xbuf_is(const XDR *x)
{
	return x->x_ops == &in_ops || x->x_ops == &out_ops;
}

void
xbuf_starve(XDR *x)
{
	x->x_public = &starved;
}

bool
xbuf_starved(const XDR *x)
{
	return x->x_public == &starved;
}

int
xbuf_outcome(const XDR *x, bool_t done)
{
	if (!done && xbuf_starved(x))
		return -ENOMEM;
	return done && xbuf_left(x) == 0 ? 0 : -EBADMSG;
}

size_t
xbuf_left(const XDR *x)
{
	return x->x_handy;
}

uint8_t *
xbuf_take(XDR *x, size_t n)
{
	uint8_t *p = x->x_private;

	if (n > x->x_handy)
		return NULL;
	x->x_private = p + n;
	x->x_handy -= (u_int)n;
	return p;
}

bool
xbuf_lends(const XDR *x)
{
	return x->x_public == (const char *)x;
}

bool
xbuf_lent(const XDR *x, const void *p)
{
	return (uintptr_t)p >= (uintptr_t)x->x_base &&
	    (uintptr_t)p < (uintptr_t)x->x_base + x->x_handy;
}
