/*
 * GET and RANGE of KV, in the worker where the call came in, on a snapshot:
 * they wait for nobody. A value goes from the store's map into the reply with
 * no copy between.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "server/svc_kv.h"
#include "server/svc_kv_turn.h"

enum {
	ITEM_XDR = 4 + 8 + 8 + 4,	/* bytes besides key and value */
	/* Of an answer besides its items: status, revision, count, more, next
	 * with its length; and the heads of the reply. */
	PAGE_XDR = 4 + 8 + 4 + 4 + 4 + KV_KEY_MAX + 64,
	ITEMS_FIRST = 32,		/* room for so many to begin with */
};

static kv_entry
entry_of(const struct store_entry *e)
{
	return (kv_entry){ e->revision, e->ttl_ms, { (u_int)e->value.len,
	    (char *)(uintptr_t)e->value.data } };
}

bool_t
kv_get_1_svc(kv_key *key, kv_get_result *res, struct svc_req *rq)
{
	struct store *s;
	struct store_txn *t;
	struct store_entry e;
	kv_get_result r = { .status = KV_OK };
	int err;

	(void)res;
	if (key->kv_key_len == 0)
		return kv_garbage(rq);
	s = kv_store(rq);
	if (s == NULL)
		return FALSE;
	kv_turn_close();
	if (store_read(s, &t) != 0)
		return kv_failed(rq);
	err = store_get(t, KV_SPAN(*key, kv_key), &e);
	if (err == 0)
		r.kv_get_result_u.entry = entry_of(&e);
	else
		r.status = KV_NOT_FOUND;
	if (err == 0 || err == -ENOENT)
		kv_answer(rq, KV_XDR(kv_get_result), &r);
	else
		kv_failed(rq);
	store_read_end(t);
	return FALSE;
}

/* A key that the store does not keep as it is. */
struct copy {
	struct copy *next;
	char bytes[];
};

/* An answer to RANGE as it grows. */
struct page {
	const kv_range_args *args;
	kv_item *items;
	unsigned n, room, limit;
	size_t bytes, bytes_max;	/* of the items in XDR */
	uint8_t next[KV_KEY_MAX];	/* where to go on, of next_len bytes */
	size_t next_len;
	bool more, too_large;
	struct copy *copies;
};

static int
compare(struct span a, const kv_bound *b)
{
	size_t n = a.len < b->kv_bound_len ? a.len : b->kv_bound_len;
	int c = n > 0 ? memcmp(a.data, b->kv_bound_val, n) : 0;

	return c != 0 ? c : (a.len > b->kv_bound_len) -
	    (a.len < b->kv_bound_len);
}

static struct span
first_key(const kv_range_args *a)
{
	struct span start = KV_SPAN(a->start, kv_bound);

	return compare(start, &a->prefix) < 0 ? KV_SPAN(a->prefix, kv_bound) :
	    start;
}

static bool
is_past(const kv_range_args *a, struct span key)
{
	return !kv_begins_with(key, &a->prefix) ||
	    (a->end.kv_bound_len > 0 && compare(key, &a->end) >= 0);
}

static void
stop_before(struct page *p, struct span key)
{
	p->more = true;
	memcpy(p->next, key.data, key.len);
	p->next_len = key.len;
}

static int
make_room(struct page *p)
{
	unsigned room = p->room ? p->room * 2 : ITEMS_FIRST;
	kv_item *items;

	if (p->n < p->room)
		return 0;
	items = realloc(p->items, room * sizeof(*items));
	if (items == NULL)
		return -ENOMEM;
	p->items = items;
	p->room = room;
	return 0;
}

static char *
key_that_lasts(struct page *p, struct span key, bool lasts)
{
	struct copy *c;

	if (lasts)
		return (char *)(uintptr_t)key.data;
	c = malloc(sizeof(*c) + key.len);
	if (c == NULL)
		return NULL;
	c->next = p->copies;
	p->copies = c;
	return memcpy(c->bytes, key.data, key.len);
}

static void
page_release(struct page *p)
{
	while (p->copies != NULL) {
		struct copy *c = p->copies;

		p->copies = c->next;
		free(c);
	}
	free(p->items);
}

/* Adds an item: 1, 0 when the page is full, or -errno. */
static int
add_item(struct page *p, struct span key, bool lasts, struct store_entry *e)
{
	size_t bytes;
	kv_item *item;

	if (p->args->keys_only)
		e->value.len = 0;
	bytes = ITEM_XDR + xdr_padded(key.len) + xdr_padded(e->value.len);
	if (p->n == p->limit || p->bytes + bytes > p->bytes_max) {
		p->too_large = p->n == 0;
		stop_before(p, key);
		return 0;
	}
	if (make_room(p) != 0)
		return -ENOMEM;
	item = &p->items[p->n];
	item->entry = entry_of(e);
	item->key.kv_key_len = (u_int)key.len;
	item->key.kv_key_val = key_that_lasts(p, key, lasts);
	if (item->key.kv_key_val == NULL)
		return -ENOMEM;
	p->n++;
	p->bytes += bytes;
	return 1;
}

/* Fills p from the store: 0 or -errno. */
static int
fill_page(struct page *p, struct store_iter *it)
{
	struct store_entry e;
	struct span key;
	bool lasts;
	int r, gone;

	for (int looked = 0; ; looked++) {
		r = store_iter_next(it, &key, &lasts, &e, &gone);
		if (r != 1 || is_past(p->args, key))
			return r < 0 ? r : 0;
		if (looked == KV_SCAN_MAX) {
			stop_before(p, key);
			return 0;
		}
		if (gone != 0)
			continue;
		r = add_item(p, key, lasts, &e);
		if (r != 1)
			return r;
	}
}

static void
page_init(struct page *p, const kv_range_args *a, size_t reply_max)
{
	memset(p, 0, sizeof(*p));
	p->args = a;
	p->limit = a->limit == 0 || a->limit > KV_RANGE_MAX ? KV_RANGE_MAX :
	    a->limit;
	p->bytes_max = reply_max > PAGE_XDR ? reply_max - PAGE_XDR : 0;
	if (p->bytes_max > KV_RANGE_BYTES)
		p->bytes_max = KV_RANGE_BYTES;
}

static void
page_answer(struct svc_req *rq, struct page *p, uint64_t revision)
{
	kv_range_result r = { .status = KV_OK };
	kv_range_page *out = &r.kv_range_result_u.page;

	if (p->too_large) {
		r.status = KV_TOO_LARGE;
		r.kv_range_result_u.large.kv_key_len = (u_int)p->next_len;
		r.kv_range_result_u.large.kv_key_val = (char *)p->next;
	} else {
		out->revision = revision;
		out->items.items_len = p->n;
		out->items.items_val = p->items;
		out->more = p->more;
		out->next.kv_bound_len = (u_int)p->next_len;
		out->next.kv_bound_val = (char *)p->next;
	}
	kv_answer(rq, KV_XDR(kv_range_result), &r);
}

static void
answer_range(struct svc_req *rq, const kv_range_args *a, struct store_txn *t)
{
	struct store_iter *it = store_iter_new(t, first_key(a));
	struct store_bounds b;
	struct page p;
	int err = it == NULL ? -ENOMEM : store_bounds(t, &b);

	page_init(&p, a, call_reply_max(rq));
	if (err == 0)
		err = fill_page(&p, it);
	if (err == 0)
		page_answer(rq, &p, b.revision);
	else
		kv_failed(rq);
	page_release(&p);
	store_iter_free(it);
}

bool_t
kv_range_1_svc(kv_range_args *a, kv_range_result *res, struct svc_req *rq)
{
	struct store *s = kv_store(rq);
	struct store_txn *t;

	(void)res;
	if (s == NULL)
		return FALSE;
	kv_turn_close();
	if (store_read(s, &t) != 0)
		return kv_failed(rq);
	answer_range(rq, a, t);
	store_read_end(t);
	return FALSE;
}
