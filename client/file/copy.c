/*
 * What get and put share: see copy.h. Called by get.c and put.c.
 */
#include "file/copy.h"

#include "clock.h"
#include "file/transfer.h"

bool
copy_can_go_on(const struct failure *f)
{
	return f->code == EXIT_TIMEOUT || f->code == EXIT_UNREACHABLE ||
	    f->code > 128;
}

static int
run(struct transfer *t, struct copy *c, uint64_t have, struct failure *f)
{
	uint64_t start = clock_ns();
	int err = have > 0 ? transfer_compare(t, have, f) : 0;

	c->reused = t->done;
	if (err == 0)
		err = transfer_run(t, f);
	c->moved_ns = clock_ns() - start;
	if (err == 0)
		err = transfer_verify(t, f);
	c->bytes = t->segs->size;
	return err ? err : segments_digest(t->segs, t->sum, t->kind,
	    c->digest) == 0 ? 0 : failure_set(f, EXIT_INTERNAL,
	    "a digest fails");
}

int
copy_run(struct transfer *t, struct copy *c, uint64_t have, struct failure *f)
{
	int err;

	t->kind = c->kind;
	t->sum = digest_new(c->kind);
	err = t->sum != NULL ? run(t, c, have, f) :
	    failure_set(f, EXIT_OS, "no memory");
	digest_free(t->sum);
	transfer_release(t);
	return err;
}
