/*
 * Pages of REFLECT's answers: items are taken while they fit, and the page
 * ends with the cursor of the first that did not. For svc_reflect.c.
 */
#ifndef RPCALLD_REFLECT_PAGE_H
#define RPCALLD_REFLECT_PAGE_H

#include <rpc/rpc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct page {
	size_t room;	/* bytes of XDR that are left */
	uint32_t from;	/* what the client asked for */
	uint32_t next;	/* of the next page; 0: there is none */
	bool failed;	/* no memory, or not even one item fits */
	bool empty;	/* nothing has been taken */
};

void page_init(struct page *p, struct svc_req *rq, uint32_t from);

/* Is the item that has this cursor wanted? Cursors grow, from 0. */
static inline bool
page_wants(const struct page *p, uint32_t cursor)
{
	return p->next == 0 && !p->failed && cursor >= p->from;
}

/*
 * Moves *item (size bytes) to the end of an array of *n such, or ends the
 * page before it and frees what it holds. items points to the pointer to the
 * array, which is for free().
 */
void page_take(struct page *p, uint32_t cursor, void *item, size_t size,
    xdrproc_t xdr, void *items, u_int *n);

/* Takes off the bytes of something that is in each page. */
void page_charge(struct page *p, xdrproc_t xdr, void *object);

/* A copy of text, at most max bytes of it, in *out; p has failed without. */
void page_text(struct page *p, char **out, const char *text, size_t max);

#endif
