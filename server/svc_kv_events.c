/*
 * What WATCH of KV answers: a look at the log of changes. Called by
 * svc_kv_watch.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "server/svc_kv.h"

enum { EVENT_XDR = 8 + 4 + 4 };	/* bytes of an event besides its key */

/* What a look finds. */
struct found {
	kv_event *events;	/* room for limit */
	unsigned n, limit;
	size_t bytes;		/* of the events in XDR */
	uint64_t upto;		/* up to this revision was looked */
};

bool
kv_begins_with(struct span key, const kv_bound *prefix)
{
	return key.len >= prefix->kv_bound_len && (prefix->kv_bound_len == 0 ||
	    memcmp(key.data, prefix->kv_bound_val, prefix->kv_bound_len) == 0);
}

/* Adds a change: false when there is no room for it. */
static bool
add_event(struct found *f, const struct store_change *c)
{
	size_t bytes = EVENT_XDR + xdr_padded(c->key.len);

	if (f->n == f->limit || f->bytes + bytes > KV_EVENTS_BYTES)
		return false;
	f->bytes += bytes;
	f->events[f->n++] = (kv_event){ c->revision, (kv_change_kind)c->kind,
		{ (u_int)c->key.len, (char *)(uintptr_t)c->key.data } };
	return true;
}

/* Changes after since, up to the store's revision `last`: 0 or -errno. */
static int
find_events(struct store_txn *t, const kv_watch_args *a, uint64_t since,
    uint64_t last, struct found *f)
{
	struct store_change c;

	f->upto = since;
	for (int looked = 0; f->upto < last && looked < KV_SCAN_MAX;
	    looked++) {
		int err = store_change_at(t, f->upto + 1, &c);

		if (err)
			return err;
		if (kv_begins_with(c.key, &a->prefix) && !add_event(f, &c))
			return 0;
		f->upto++;
	}
	return 0;
}

static int
make_page(struct store_txn *t, const kv_watch_args *a, uint64_t since,
    uint64_t last, kv_watch_page *page)
{
	struct found f = { .limit = a->limit };
	int err;

	if (f.limit == 0 || f.limit > KV_EVENTS_MAX)
		f.limit = KV_EVENTS_MAX;
	f.events = malloc(f.limit * sizeof(*f.events));
	if (f.events == NULL)
		return -ENOMEM;
	err = find_events(t, a, since, last, &f);
	*page = (kv_watch_page){ f.upto, { f.n, f.events } };
	return err;
}

int
kv_events(struct store_txn *t, const kv_watch_args *a, uint64_t since,
    kv_watch_result *r)
{
	struct store_bounds b;
	int err = store_bounds(t, &b);

	memset(r, 0, sizeof(*r));
	if (err)
		return err;
	if (since < b.compacted || since > b.revision) {
		r->status = KV_COMPACTED;
		r->kv_watch_result_u.kept = (kv_compacted){ b.compacted,
			b.revision };
		return 1;
	}
	r->kv_watch_result_u.page.revision = since;
	if (since == b.revision)
		return 0;
	err = make_page(t, a, since, b.revision, &r->kv_watch_result_u.page);
	return err ? err : r->kv_watch_result_u.page.events.events_len > 0 ||
	    r->kv_watch_result_u.page.revision < b.revision;
}

void
kv_events_free(kv_watch_result *r)
{
	/* The keys are the store's. */
	if (r->status == KV_OK)
		free(r->kv_watch_result_u.page.events.events_val);
}
