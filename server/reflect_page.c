/*
 * Pages of REFLECT's answers: see reflect_page.h.
 */
#include "server/reflect_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reflect.h"
#include "server/call.h"
#include "xbuf.h"

enum {
	STREAM_PAGE = 64 << 10,		/* bytes of results */
	DATAGRAM = 1400,		/* bytes of a message: one packet */
};

static size_t
room_for(struct svc_req *rq)
{
	const struct origin *o = container_of(rq, struct call, rq)->origin;
	size_t message = o->reply_max;

	/* Whoever is named as its sender may not have sent the datagram. */
	if (!o->stream && message > DATAGRAM)
		message = DATAGRAM;
	return message - ENVELOPE_REPLY_MAX;
}

void
page_init(struct page *p, struct svc_req *rq, uint32_t from)
{
	size_t room = room_for(rq);

	*p = (struct page){ .from = from, .empty = true,
		.room = room < STREAM_PAGE ? room : STREAM_PAGE };
}

void
page_charge(struct page *p, xdrproc_t xdr, void *object)
{
	size_t n = xdr_sizeof(xdr, object);

	if (n == 0 || n > p->room)
		p->failed = true;
	else
		p->room -= n;
}

/* One more at the end of an array that doubles; items is a pointer to it, of
 * whichever type. */
static void *
grow(void *items, u_int n, size_t size)
{
	char *array;

	memcpy(&array, items, sizeof(array));
	if ((n & (n - 1)) == 0) {
		array = realloc(array, (n ? 2 * (size_t)n : 1) * size);
		if (array == NULL)
			return NULL;
		memcpy(items, &array, sizeof(array));
	}
	return array + n * size;
}

static bool
take(struct page *p, void *item, size_t size, size_t bytes, void *items,
    u_int *n)
{
	void *place = grow(items, *n, size);

	if (place == NULL)
		return false;
	memcpy(place, item, size);
	++*n;
	p->room -= bytes;
	p->empty = false;
	return true;
}

void
page_take(struct page *p, uint32_t cursor, void *item, size_t size,
    xdrproc_t xdr, void *items, u_int *n)
{
	/* What lacks a text for want of memory cannot even be measured. */
	size_t bytes = p->failed ? 0 : xdr_sizeof(xdr, item);

	if (bytes == 0)
		p->failed = true;
	else if (bytes > p->room || *n == REFLECT_PAGE_MAX) {
		/* A page without progress would be asked for for ever. */
		p->failed = p->empty;
		p->next = cursor;
	} else if (take(p, item, size, bytes, items, n))
		return;
	else
		p->failed = true;
	xbuf_free(xdr, item, NULL, 0);
}

void
page_text(struct page *p, char **out, const char *text, size_t max)
{
	/* Not strndup(): of literals shorter than max gcc warns. */
	if (asprintf(out, "%.*s", (int)max, text) < 0) {
		*out = NULL;
		p->failed = true;
	}
}
