/*
 * Digests of this end of a transfer: see transfer.h. Blocks are digested
 * while they are in the cache, as they are sent or arrive. A segment whose
 * blocks did not come in order, or did not come at all since they were there
 * before, is read again when the other end is asked for its digest.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "call_error.h"
#include "file/transfer.h"
#include "interrupt.h"

enum { CHUNK = 64 << 10 };	/* bytes of one read: they stay in the cache */

static int
end_sum(struct transfer *t, struct segment *seg)
{
	int err = digest_end(t->sum, seg->here);

	seg->is_here = err == 0;
	return err;
}

int
transfer_sum_block(struct transfer *t, uint64_t offset, const uint8_t *data,
    size_t n, struct failure *f)
{
	struct segment *seg = segments_at(t->segs, offset);
	int err = 0;

	if (offset == seg->offset) {
		err = digest_begin(t->sum);
		t->summed = offset;
	}
	if (offset != t->summed)
		return 0;
	t->summed += n;
	if (err == 0)
		err = digest_add(t->sum, data, n);
	if (err == 0 && t->summed == seg->offset + seg->length)
		err = end_sum(t, seg);
	return err ? failure_set(f, EXIT_INTERNAL, "a digest fails") : 0;
}

/* All of a segment: 0, -errno, -EINTR after Ctrl-C, -ENODATA at the end. */
static int
read_segment(struct transfer *t, const struct segment *seg)
{
	uint64_t at = seg->offset, end = at + seg->length;
	char chunk[CHUNK];
	int err = digest_begin(t->sum);

	while (err == 0 && at < end) {
		size_t want = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		ssize_t n = pread(t->fd, chunk, want, (off_t)at);

		if (interrupt_signal() != 0)
			return -EINTR;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENODATA;
		err = digest_add(t->sum, chunk, (size_t)n);
		at += (uint64_t)n;
	}
	return err;
}

int
transfer_sum_segment(struct transfer *t, struct segment *seg,
    struct failure *f)
{
	int err;

	if (seg->is_here)
		return 0;
	/* Another segment's blocks may be on their way: they are read, too. */
	t->summed = UINT64_MAX;
	err = read_segment(t, seg);
	if (err == 0)
		err = end_sum(t, seg);
	if (err == -EINTR)
		return call_failed(f, "verification", err);
	if (err == -ENODATA)
		return failure_set(f, EXIT_PROTOCOL, "%s became shorter "
		    "meanwhile", t->local);
	return err ? failure_set(f, EXIT_OS, "cannot read %s: %s", t->local,
	    strerror(-err)) : 0;
}
