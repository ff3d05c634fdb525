/*
 * Comparing both ends of a transfer, before it goes on and when it is done:
 * see transfer.h. Called by get.c and put.c.
 */
#include <string.h>

#include "file/transfer.h"

int
transfer_verify(struct transfer *t, struct failure *f)
{
	if (segments_equal(t->segs))
		return 0;
	return failure_set(f, EXIT_PROTOCOL, "the %s digests of %s and %s "
	    "differ", digest_name(t->kind), t->local, t->path);
}

static bool
settle(struct segment *seg)
{
	seg->is_same = seg->is_here && seg->is_there &&
	    memcmp(seg->here, seg->there, DIGEST_MAX) == 0;
	if (!seg->is_same) {
		seg->is_here = seg->is_there = seg->is_asked = false;
		seg->missing = seg->length;
	}
	return seg->is_same;
}

int
transfer_compare(struct transfer *t, uint64_t have, struct failure *f)
{
	struct segments *s = t->segs;
	int err;

	for (size_t i = 0; i < s->n; i++) {
		struct segment *seg = &s->list[i];

		/* Nothing is transferred: those that are there are compared. */
		seg->is_same = true;
		if (seg->offset + seg->length > have)
			seg->is_asked = true;
		else
			transfer_arrived(t, seg->offset, seg->length);
	}
	t->done = 0;
	err = transfer_run(t, f);
	for (size_t i = 0; i < s->n; i++)
		if (settle(&s->list[i]))
			t->done += s->list[i].length;
	return err;
}
