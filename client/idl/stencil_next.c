/*
 * What runs for each call: holes are filled. See stencil.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "be.h"
#include "idl/stencil_in.h"

static int
refuse(struct stencil *s, const struct hole *h, const char *what)
{
	snprintf(s->wrong, sizeof(s->wrong), "%s: %s", h->where, what);
	return -ERANGE;
}

static void
put_real(uint8_t *out, enum hole_kind kind, wide v)
{
	double d = (double)v;
	float f = (float)v;
	uint64_t bits;
	uint32_t low;

	memcpy(&bits, &d, sizeof(bits));
	memcpy(&low, &f, sizeof(low));
	if (kind == HOLE_FLOAT) {
		be32_put(out, low);
		return;
	}
	be32_put(out, (uint32_t)(bits >> 32));
	be32_put(out + 4, (uint32_t)bits);
}

static int
put_number(struct stencil *s, const struct hole *h, struct draws *d,
    uint8_t *out)
{
	wide v = draw_number(h->parts, d);

	if (v < h->low || v > h->high)
		return refuse(s, h, "a number that was drawn is beyond what "
		    "its type holds");
	if (h->kind == HOLE_WORD) {
		be32_put(out, (uint32_t)v);
	} else if (h->kind == HOLE_HYPER) {
		be32_put(out, (uint32_t)((uint64_t)v >> 32));
		be32_put(out + 4, (uint32_t)v);
	} else {
		put_real(out, h->kind, v);
	}
	return 0;
}

static unsigned
nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

/* A part of a text, or of bytes: how many, or -ERANGE. */
static int
put_part(const struct hole *h, const struct draw *part, struct draws *d,
    uint8_t *out)
{
	char text[DRAW_DIGITS];
	int n;

	if (!h->binary || part->kind == DRAW_TEXT)
		return draw_text(part, d, (char *)out);
	if (part->kind == DRAW_BYTES) {
		draw_bytes(d, out, part->len);
		return (int)part->len;
	}
	n = draw_text(part, d, text);
	for (int i = 0; i + 1 < n; i += 2)
		out[i / 2] = (uint8_t)(nibble(text[i]) << 4 |
		    nibble(text[i + 1]));
	return n < 0 ? n : n / 2;
}

/* With its length and padding; *len: of all that. */
static int
put_bytes(struct stencil *s, const struct hole *h, struct draws *d,
    uint8_t *out, size_t *len)
{
	uint8_t *start = out + (h->counted ? 4 : 0);
	uint32_t n = 0;

	for (size_t i = 0; i < h->nparts; i++) {
		int some = put_part(h, &h->parts[i], d, start + n);

		if (some < 0)
			return refuse(s, h, "a number that was drawn has more "
			    "digits than its width");
		n += (uint32_t)some;
	}
	if (n > h->bound)
		return refuse(s, h, "longer than its type allows");
	if (h->counted)
		be32_put(out, n);
	memset(start + n, 0, (size_t)xdr_padded(n) - n);
	*len = (size_t)(start - out) + (size_t)xdr_padded(n);
	return 0;
}

static int
put_hole(struct stencil *s, const struct hole *h, struct draws *d,
    uint8_t *out, size_t *len)
{
	*len = 0;
	return h->kind == HOLE_BYTES ? put_bytes(s, h, d, out, len) :
	    put_number(s, h, d, out);
}

/* Everything is always at the same place. */
static int
patch(struct stencil *s, struct draws *d, uint8_t *out)
{
	size_t n;
	int err = 0;

	for (size_t i = 0; i < s->nholes && err == 0; i++)
		err = put_hole(s, &s->holes[i], d, out + s->holes[i].at, &n);
	return err;
}

/* What stands between holes is copied, and comes to stand elsewhere. */
static int
assemble(struct stencil *s, struct draws *d, uint8_t *out, size_t *len)
{
	size_t from = 0, n;
	uint8_t *p = out;
	int err = 0;

	for (size_t i = 0; i < s->nholes && err == 0; i++) {
		const struct hole *h = &s->holes[i];

		memcpy(p, s->image.data + from, h->at - from);
		p += h->at - from;
		from = h->at;
		err = put_hole(s, h, d, p, &n);
		from += h->size;
		p += h->varies ? n : h->size;
	}
	if (err)
		return err;
	memcpy(p, s->image.data + from, s->image.len - from);
	*len = (size_t)(p - out) + (s->image.len - from);
	return 0;
}

int
stencil_next(struct stencil *s, struct draws *d, uint8_t *out, size_t *len)
{
	int err = 0;

	*len = s->image.len;
	if (s->nholes > 0)
		err = s->varies ? assemble(s, d, out, len) : patch(s, d, out);
	d->call++;
	return err;
}
