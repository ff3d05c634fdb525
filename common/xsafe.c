/*
 * The decoders of variable length that generated code uses: see xsafe.h.
 * They work on xbuf streams in full and on any other stream with the bound
 * alone, so that generated types also encode through libtirpc's own.
 */
#include "xsafe.h"

#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "xbuf.h"

static bool
decodes_xbuf(const XDR *x)
{
	return x->x_op == XDR_DECODE && xbuf_is(x);
}

static void
free_unless_lent(XDR *x, char **data)
{
	if (*data != NULL && !(xbuf_is(x) && xbuf_lent(x, *data)))
		free(*data);
	*data = NULL;
}

/* Allocates for an opaque that has been checked, and copies it there. */
static char *
copy_of(XDR *x, const uint8_t *bytes, size_t n, size_t extra)
{
	char *copy = malloc(n + extra);

	if (copy == NULL) {
		xbuf_starve(x);
		return NULL;
	}
	memcpy(copy, bytes, n);
	memset(copy + n, 0, extra);
	return copy;
}

/* Length within max and its padded bytes: they are there, or NULL. */
static uint8_t *
take_counted(XDR *x, u_int *len, u_int max)
{
	if (!xdr_u_int(x, len) || *len > max ||
	    xdr_padded(*len) > xbuf_left(x))
		return NULL;
	return xbuf_take(x, (size_t)xdr_padded(*len));
}

bool_t
xsafe_bytes(XDR *x, char **data, u_int *len, u_int max)
{
	uint8_t *bytes;

	if (x->x_op == XDR_FREE) {
		free_unless_lent(x, data);
		return TRUE;
	}
	if (!decodes_xbuf(x))
		return (xdr_bytes)(x, data, len, max);
	bytes = take_counted(x, len, max);
	if (bytes == NULL)
		return FALSE;
	if (*len == 0)
		*data = NULL;
	else if (xbuf_lends(x))
		*data = (char *)bytes;
	else
		*data = copy_of(x, bytes, *len, 0);
	return *data != NULL || *len == 0;
}

bool_t
xsafe_string(XDR *x, char **text, u_int max)
{
	uint8_t *bytes;
	u_int len;

	if (x->x_op == XDR_FREE) {
		free_unless_lent(x, text);
		return TRUE;
	}
	if (!decodes_xbuf(x))
		return (xdr_string)(x, text, max);
	bytes = take_counted(x, &len, max);
	/* A C string cannot hold a NUL; what follows it would be lost. */
	if (bytes == NULL || memchr(bytes, '\0', len) != NULL)
		return FALSE;
	*text = copy_of(x, bytes, len, 1);
	return *text != NULL;
}

static bool_t
each_item(XDR *x, char *items, u_int count, u_int size, xdrproc_t item)
{
	for (u_int i = 0; i < count; i++)
		if (!item(x, items + (size_t)i * size))
			return FALSE;
	return TRUE;
}

static bool_t
array_decode(XDR *x, char **items, u_int *count, u_int max, u_int size,
    xdrproc_t item)
{
	/* Every item but void has at least 4 bytes (RFC 4506 section 3). */
	if (!xdr_u_int(x, count) || *count > max || *count > xbuf_left(x) / 4) {
		*count = 0;
		return FALSE;
	}
	if (*count == 0)
		return TRUE;
	*items = calloc(*count, size);
	if (*items == NULL) {
		xbuf_starve(x);
		*count = 0;
		return FALSE;
	}
	return each_item(x, *items, *count, size, item);
}

bool_t
xsafe_array(XDR *x, char **items, u_int *count, u_int max, u_int size,
    xdrproc_t item)
{
	if (x->x_op == XDR_FREE) {
		if (*items != NULL)
			each_item(x, *items, *count, size, item);
		free(*items);
		*items = NULL;
		return TRUE;
	}
	if (!decodes_xbuf(x))
		return (xdr_array)(x, items, count, max, size, item);
	return array_decode(x, items, count, max, size, item);
}

bool_t
xsafe_bool(XDR *x, bool_t *value)
{
	long word = *value ? 1 : 0;

	switch (x->x_op) {
	case XDR_ENCODE:
		return XDR_PUTLONG(x, &word);
	case XDR_DECODE:
		if (!XDR_GETLONG(x, &word) || (word != 0 && word != 1))
			return FALSE;
		*value = (bool_t)word;
		return TRUE;
	default:
		return TRUE;
	}
}

void
xsafe_free(xdrproc_t proc, void *object)
{
	xbuf_free(proc, object, NULL, 0);
}
