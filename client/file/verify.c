/*
 * Comparing both ends of a transfer, before it goes on and when it is done:
 * see transfer.h. Called by get.c and put.c.
 */
#include <errno.h>
#include <string.h>

#include "call_error.h"
#include "file/transfer.h"

static int
wait_for_hasher(struct transfer *t, struct failure *f)
{
	int err = t->hasher ? hasher_wait(t->hasher) : 0;

	if (err == -EINTR)
		return call_failed(f, "verification", err);
	if (err == -ENODATA)
		return failure_set(f, EXIT_PROTOCOL, "%s became shorter "
		    "meanwhile", t->local);
	return err ? failure_set(f, EXIT_OS, "cannot read %s: %s", t->local,
	    strerror(-err)) : 0;
}

int
transfer_verify(struct transfer *t, struct failure *f)
{
	int err = wait_for_hasher(t, f);

	if (err == 0 && !segments_equal(t->segs))
		err = failure_set(f, EXIT_PROTOCOL, "the SHA-256 digests of "
		    "%s and %s differ", t->local, t->path);
	return err;
}

static bool
settle(struct segment *seg)
{
	seg->is_same = seg->is_here && seg->is_there &&
	    memcmp(seg->here, seg->there, SHA256_SIZE) == 0;
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
	if (err == 0)
		err = wait_for_hasher(t, f);
	for (size_t i = 0; i < s->n; i++)
		if (settle(&s->list[i]))
			t->done += s->list[i].length;
	return err;
}
