/*
 * Decode, encode, decode, encode: see roundtrip.h.
 */
#include "roundtrip.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xbuf.h"

void
must_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

static void
encode(xdrproc_t proc, void *object, struct buf *out)
{
	XDR x;

	xbuf_encode(&x, out, SIZE_MAX / 8);
	MUST(proc(&x, object));
}

/* Decodes data and encodes the object to out; false when it is refused. */
static bool
recode(xdrproc_t proc, unsigned size, const uint8_t *data, size_t n,
    bool lend, struct buf *out)
{
	void *object = calloc(1, size + 1);
	bool good;
	XDR x;

	MUST(object != NULL);
	xbuf_decode(&x, data, n, lend);
	good = proc(&x, object);
	if (good) {
		encode(proc, object, out);
		MUST(out->len == n - xbuf_left(&x));
	}
	xbuf_free(proc, object, lend ? data : NULL, lend ? n : 0);
	free(object);
	return good;
}

static void
must_equal(const struct buf *a, const struct buf *b)
{
	MUST(a->len == b->len);
	MUST(a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

void
roundtrip(xdrproc_t proc, unsigned size, const uint8_t *data, size_t n)
{
	struct buf copied = { 0 }, lent = { 0 }, again = { 0 };
	bool good = recode(proc, size, data, n, false, &copied);

	MUST(recode(proc, size, data, n, true, &lent) == good);
	if (good) {
		must_equal(&copied, &lent);
		MUST(recode(proc, size, copied.data, copied.len, true,
		    &again));
		must_equal(&copied, &again);
	}
	buf_release(&copied);
	buf_release(&lent);
	buf_release(&again);
}
