/*
 * A transfer whose local end is a stream, stdin or stdout: blocks pass in
 * order and once, so they are digested as they pass. Segments are blocks.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call_error.h"
#include "fd.h"
#include "file/transfer.h"
#include "interrupt.h"

static int
deliver(struct transfer *t, const struct transfer_call *c,
    const uint8_t *data, struct failure *f)
{
	int err = fd_write_all(t->fd, data, c->length);

	/* Who read it has enough (| head): as if the signal had ended us. */
	if (err)
		return failure_set(f, err == -EPIPE ? 128 + SIGPIPE :
		    EXIT_CANTCREATE, "cannot write %s: %s",
		    t->local, strerror(-err));
	t->passed += c->length;
	transfer_arrived(t, c->offset, c->length);
	return 0;
}

/* One that came early and whose turn it is now, or NULL. */
static struct transfer_call *
next_early(struct transfer *t)
{
	for (int i = 0; i < TRANSFER_BLOCKS + TRANSFER_DIGESTS; i++)
		if (t->calls[i].early != NULL &&
		    t->calls[i].offset == t->passed)
			return &t->calls[i];
	return NULL;
}

static int
put_aside(struct transfer_call *c, const uint8_t *data, struct failure *f)
{
	c->early = malloc(c->length);
	if (c->early == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	memcpy(c->early, data, c->length);
	return 0;
}

int
transfer_pass(struct transfer *t, struct transfer_call *c,
    const uint8_t *data, struct failure *f)
{
	int err;

	if (c->offset != t->passed)
		return put_aside(c, data, f);
	err = deliver(t, c, data, f);
	while (err == 0 && (c = next_early(t)) != NULL) {
		err = deliver(t, c, c->early, f);
		transfer_end_call(t, c);
	}
	return err;
}

/* A block of the stream, or what is left of it: bytes, or a failure. */
static ssize_t
read_block(struct transfer *t, struct failure *f)
{
	size_t got = 0, size = t->remote->block;

	while (got < size) {
		ssize_t n = fd_read_once(t->fd, t->stage + got, size - got);

		if (n == 0)
			break;
		if (n == -EINTR && interrupt_signal() == 0)
			continue;
		if (n < 0)
			return n == -EINTR ? call_failed(f, "put", -EINTR) :
			    failure_set(f, EXIT_OS, "cannot read %s: %s",
			    t->local, strerror((int)-n));
		got += (size_t)n;
	}
	return (ssize_t)got;
}

int
transfer_stage(struct transfer *t, uint32_t *length, struct failure *f)
{
	ssize_t n;

	if (t->stage == NULL)
		t->stage = malloc(t->remote->block);
	if (t->stage == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	n = t->ended ? 0 : read_block(t, f);
	if (n < 0)
		return (int)n;
	t->ended = t->ended || (uint32_t)n < t->remote->block;
	*length = (uint32_t)n;
	if (n == 0)
		return 0;
	return segments_grow(t->segs, (uint64_t)n) == 0 ? 0 :
	    failure_set(f, EXIT_OS, "no memory");
}
