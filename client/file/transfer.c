/*
 * The bytes of a get or put: see transfer.h. Called by get.c and put.c.
 */
#include "file/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "be.h"
#include "call_error.h"
#include "clock.h"
#include "file/wire.h"
#include "options.h"
#include "progress.h"

enum { CALLS = TRANSFER_BLOCKS + TRANSFER_DIGESTS };

void
transfer_release(struct transfer *t)
{
	for (int i = 0; i < CALLS; i++)
		free(t->calls[i].early);
	free(t->stage);
}

static void
show(const struct transfer *t)
{
	bool known = !t->is_put || !t->is_stream;

	progress_bytes(t->done, known ? t->segs->size : 0, t->what);
}

void
transfer_arrived(struct transfer *t, uint64_t offset, uint64_t n)
{
	struct segment *seg = segments_at(t->segs, offset);

	t->done += n;
	seg->missing -= n;
	show(t);
}

/* Bytes from t->at on that are a hole in the file that is put. */
static uint64_t
hole(const struct transfer *t, uint64_t end)
{
	off_t data;

	if (!t->skip_holes || !t->is_put || t->is_stream)
		return 0;
	data = lseek(t->fd, (off_t)t->at, SEEK_DATA);
	/* ENXIO: nothing but a hole from here to the end. */
	if (data < 0)
		return errno == ENXIO ? end - t->at : 0;
	return ((uint64_t)data < end ? (uint64_t)data : end) - t->at;
}

/* The next block of a file: its length, or 0 when there is none. */
static uint32_t
next_of_file(struct transfer *t)
{
	while (t->at < t->segs->size) {
		struct segment *seg = segments_at(t->segs, t->at);
		uint64_t end = seg->offset + seg->length, skip;

		if (seg->is_same) {
			t->at = end;
			continue;
		}
		skip = hole(t, end);
		if (skip == 0)
			return end - t->at < t->remote->block ?
			    (uint32_t)(end - t->at) : t->remote->block;
		transfer_arrived(t, t->at, skip);
		t->at += skip;
	}
	return 0;
}

/* The same, also of a stream whose end is not known: 0 or a failure. */
static int
next_block(struct transfer *t, uint32_t *length, struct failure *f)
{
	*length = 0;
	if (t->is_put && t->is_stream)
		return transfer_stage(t, length, f);
	*length = next_of_file(t);
	return 0;
}

/* A segment that has arrived, and whose digest was not asked for; or NULL. */
static struct segment *
next_digest(struct transfer *t)
{
	struct segments *s = t->segs;
	size_t end;

	while (t->asked < s->n && s->list[t->asked].is_asked)
		t->asked++;
	/* Blocks come out of order by no more than are under way. */
	end = t->asked + TRANSFER_BLOCKS < s->n ? t->asked + TRANSFER_BLOCKS :
	    s->n;
	for (size_t i = t->asked; i < end; i++)
		if (s->list[i].missing == 0 && !s->list[i].is_asked)
			return &s->list[i];
	return NULL;
}

static struct transfer_call *
new_call(struct transfer *t, bool is_digest, uint64_t offset, uint32_t length)
{
	struct transfer_call *c = t->calls;

	while (c->used)
		c++;
	*c = (struct transfer_call){ .used = true, .is_digest = is_digest,
		.offset = offset, .length = length };
	if (is_digest)
		t->digests++;
	else
		t->blocks++;
	return c;
}

void
transfer_end_call(struct transfer *t, struct transfer_call *c)
{
	if (c->is_digest)
		t->digests--;
	else
		t->blocks--;
	free(c->early);
	c->early = NULL;
	c->used = false;
}

static struct transfer_call *
pick_digest(struct transfer *t)
{
	struct segment *seg = t->digests < TRANSFER_DIGESTS ?
	    next_digest(t) : NULL;

	if (seg == NULL)
		return NULL;
	seg->is_asked = true;
	return new_call(t, true, seg->offset, 0);
}

/* Picks what is to be called next: NULL when nothing is, or not yet. */
static int
pick(struct transfer *t, struct transfer_call **c, struct failure *f)
{
	uint32_t length = 0;
	int err = 0;

	*c = pick_digest(t);
	if (*c != NULL || t->blocks == TRANSFER_BLOCKS)
		return 0;
	err = next_block(t, &length, f);
	if (err)
		return err;
	if (length == 0) {
		/* A hole on the way there may have completed a segment. */
		*c = pick_digest(t);
		return 0;
	}
	*c = new_call(t, false, t->at, length);
	t->at += length;
	return 0;
}

static int
take_digest(struct transfer *t, struct transfer_call *c,
    const struct reply *r, struct failure *f)
{
	struct segment *seg = segments_at(t->segs, c->offset);
	uint64_t length;
	int err = wire_take_digest(r, t, seg->there, &length, f);

	/* A file that has become shorter is not the same. */
	seg->is_there = err == 0 && length == seg->length;
	return err;
}

static bool
is_zero(const uint8_t *data, size_t n)
{
	return n > 0 && data[0] == 0 && memcmp(data, data + 1, n - 1) == 0;
}

static int
write_block(struct transfer *t, const struct transfer_call *c,
    const uint8_t *data, struct failure *f)
{
	size_t put = 0;

	if (t->skip_holes && is_zero(data, c->length))
		put = c->length;
	while (put < c->length) {
		ssize_t n = pwrite(t->fd, data + put, c->length - put,
		    (off_t)(c->offset + put));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failure_set(f, EXIT_CANTCREATE, "cannot write "
			    "%s: %s", t->local, strerror(errno));
		put += (size_t)n;
	}
	transfer_arrived(t, c->offset, c->length);
	return 0;
}

static int
take_block(struct transfer *t, struct transfer_call *c,
    const struct reply *r, struct failure *f)
{
	const uint8_t *data;
	int err;

	if (t->is_put) {
		err = wire_take_status(r, FILE_WRITE, t->path, f);
		if (err == 0)
			transfer_arrived(t, c->offset, c->length);
		return err;
	}
	err = wire_take_data(r, t->path, c->length, &data, f);
	if (err == 0)
		err = transfer_sum_block(t, c->offset, data, c->length, f);
	if (err)
		return err;
	return t->is_stream ? transfer_pass(t, c, data, f) :
	    write_block(t, c, data, f);
}

static int
take(struct transfer *t, struct transfer_call *c, const struct reply *r,
    struct failure *f)
{
	int err = c->is_digest ? take_digest(t, c, r, f) :
	    take_block(t, c, r, f);

	/* One that came before its turn keeps its place. */
	if (c->early == NULL)
		transfer_end_call(t, c);
	return err;
}

static struct transfer_call *
find(struct transfer *t, uint32_t xid)
{
	for (int i = 0; i < CALLS; i++)
		if (t->calls[i].used && t->calls[i].xid == xid &&
		    t->calls[i].early == NULL)
			return &t->calls[i];
	return NULL;
}

/* Takes all replies that are there. */
static int
take_all(struct transfer *t, struct failure *f)
{
	struct conn *conn = &t->remote->conn;
	struct reply r;
	int n;

	while ((n = conn_next(conn, &r)) == 1) {
		struct transfer_call *c = find(t, r.xid);
		int err = c != NULL ? take(t, c, &r, f) : 0;

		if (err)
			return err;
	}
	return n < 0 ? call_failed(f, "a transfer", n == -EMSGSIZE ?
	    -EBADMSG : n) : 0;
}

/* The call leaves now; while the other end digests, so does this one. */
static int
send_call(struct transfer *t, const struct transfer_call *c,
    struct failure *f)
{
	int err = conn_send(&t->remote->conn);

	if (err)
		return call_failed(f, "a transfer", err);
	return c->is_digest ? transfer_sum_segment(t, segments_at(t->segs,
	    c->offset), f) : 0;
}

/*
 * Sends what may be sent: one WRITE at a time, so that what waits here is one
 * block and never copied; other calls are small.
 */
static int
fill(struct transfer *t, bool *more, struct failure *f)
{
	struct conn *conn = &t->remote->conn;
	struct transfer_call *c;
	int err = 0;

	*more = true;
	while (err == 0 && chan_queued(&conn->chan) == 0) {
		err = pick(t, &c, f);
		*more = c != NULL;
		if (err || c == NULL)
			break;
		err = wire_queue(t, c, f);
		if (err == 0 && (t->is_put || c->is_digest))
			err = send_call(t, c, f);
	}
	if (err)
		return err;
	err = conn_send(conn);
	return err ? call_failed(f, "a transfer", err) : 0;
}

static int
run_stream(struct transfer *t, struct failure *f)
{
	struct conn *conn = &t->remote->conn;
	bool more;
	int err;

	for (;;) {
		err = fill(t, &more, f);
		if (err || t->blocks + t->digests == 0)
			return err;
		err = conn_wait(conn, more, clock_ns() + common.timeout);
		if (err)
			return call_failed(f, "a transfer", err);
		err = take_all(t, f);
		if (err)
			return err;
	}
}

/* One at a time, each sent again until it is answered. */
static int
run_datagrams(struct transfer *t, struct failure *f)
{
	struct transfer_call *c;
	struct reply r;

	for (;;) {
		int err = pick(t, &c, f);

		if (err || c == NULL)
			return err;
		err = wire_call(t, c, &r, f);
		if (err == 0)
			err = take(t, c, &r, f);
		if (err == 0 && c->is_digest)
			err = transfer_sum_segment(t, segments_at(t->segs,
			    c->offset), f);
		if (err)
			return err;
	}
}

int
transfer_run(struct transfer *t, struct failure *f)
{
	int err;

	t->at = t->asked = 0;
	show(t);
	err = t->remote->conn.link.datagram ? run_datagrams(t, f) :
	    run_stream(t, f);
	progress_end();
	return err;
}
