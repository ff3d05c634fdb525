/*
 * The calls of a transfer in XDR: see wire.h. Called by transfer.c.
 */
#include "file/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "be.h"
#include "call_error.h"
#include "clock.h"
#include "options.h"

enum { STATUS = 4, DATA_HEAD = STATUS + 8, DIGEST_HEAD = STATUS + 4 };

_Static_assert((int)DIGEST_SHA256 == (int)FILE_SHA256 &&
    (int)DIGEST_XXH128 == (int)FILE_XXH128, "file.x");

static uint32_t
proc_of(const struct transfer *t, const struct transfer_call *c)
{
	return c->is_digest ? FILE_DIGEST : t->is_put ? FILE_WRITE : FILE_READ;
}

/* Bytes of path and offset, with which all three begin. */
static size_t
head_size(const struct transfer *t)
{
	return 4 + xdr_padded(strlen(t->path)) + 8;
}

static size_t
args_size(const struct transfer *t, const struct transfer_call *c)
{
	if (c->is_digest)
		return head_size(t) + 12;
	return head_size(t) + 4 + (t->is_put ? xdr_padded(c->length) : 0);
}

static void
put_hyper(uint8_t *to, uint64_t value)
{
	be32_put(to, (uint32_t)(value >> 32));
	be32_put(to + 4, (uint32_t)value);
}

static uint8_t *
put_head(const struct transfer *t, const struct transfer_call *c, uint8_t *to)
{
	size_t len = strlen(t->path);

	be32_put(to, (uint32_t)len);
	memset(to + 4, 0, xdr_padded(len));
	memcpy(to + 4, t->path, len);
	put_hyper(to + 4 + xdr_padded(len), c->offset);
	return to + head_size(t);
}

/* The block's bytes: of a file, or as they were staged. */
static int
put_bytes(struct transfer *t, const struct transfer_call *c, uint8_t *to,
    struct failure *f)
{
	size_t got = 0;

	if (t->is_stream) {
		memcpy(to, t->stage, c->length);
		return 0;
	}
	while (got < c->length) {
		ssize_t n = pread(t->fd, to + got, c->length - got,
		    (off_t)(c->offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return failure_set(f, EXIT_OS, "cannot read %s: %s",
			    t->local, n < 0 ? strerror(errno) :
			    "it became shorter meanwhile");
		got += (size_t)n;
	}
	return 0;
}

static int
put_args(struct transfer *t, const struct transfer_call *c, uint8_t *to,
    struct failure *f)
{
	uint8_t *p = put_head(t, c, to);
	int err;

	if (c->is_digest) {
		put_hyper(p, segments_at(t->segs, c->offset)->length);
		be32_put(p + 8, t->kind);
		return 0;
	}
	be32_put(p, c->length);
	if (!t->is_put)
		return 0;
	memset(p + 4 + c->length, 0, xdr_padded(c->length) - c->length);
	err = put_bytes(t, c, p + 4, f);
	return err ? err : transfer_sum_block(t, c->offset, p + 4, c->length,
	    f);
}

int
wire_queue(struct transfer *t, struct transfer_call *c, struct failure *f)
{
	struct call_head head = REMOTE_HEAD(proc_of(t, c));
	uint8_t *args;
	int err = conn_queue_room(&t->remote->conn, &head, args_size(t, c),
	    &args);

	if (err)
		return call_failed(f, remote_proc(head.proc), err);
	c->xid = t->remote->conn.xid;
	return put_args(t, c, args, f);
}

int
wire_call(struct transfer *t, struct transfer_call *c, struct reply *r,
    struct failure *f)
{
	struct call_head head = REMOTE_HEAD(proc_of(t, c));
	size_t size = args_size(t, c);
	uint8_t *args = malloc(size);
	int err;

	if (args == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	err = put_args(t, c, args, f);
	if (err == 0) {
		err = conn_call(&t->remote->conn, &head, args, size, r,
		    clock_ns() + common.timeout);
		if (err)
			err = call_failed(f, remote_proc(head.proc), err);
	}
	free(args);
	return err;
}

static int
broken(struct failure *f, uint32_t proc)
{
	return failure_set(f, EXIT_PROTOCOL, "the server's answer to %s "
	    "cannot be decoded", remote_proc(proc));
}

/* FILE_OK, with size more bytes behind it at least. */
static int
take_ok(const struct reply *r, uint32_t proc, const char *path, size_t size,
    struct failure *f)
{
	uint32_t status;

	if (r->status.kind != REPLY_SUCCESS)
		return call_refused(f, remote_proc(proc), &r->status);
	if (r->len < STATUS)
		return broken(f, proc);
	status = be32_get(r->body);
	if (status > FILE_STALE || (status == FILE_OK && r->len < size))
		return broken(f, proc);
	return status == FILE_OK ? 0 :
	    remote_refused(f, path, (file_status)status);
}

int
wire_take_status(const struct reply *r, uint32_t proc, const char *path,
    struct failure *f)
{
	return take_ok(r, proc, path, STATUS, f);
}

int
wire_take_data(const struct reply *r, const char *path, uint32_t length,
    const uint8_t **data, struct failure *f)
{
	int err = take_ok(r, FILE_READ, path, DATA_HEAD, f);
	uint32_t got;

	if (err)
		return err;
	got = be32_get(r->body + STATUS + 4);
	if (got > length || r->len != DATA_HEAD + xdr_padded(got))
		return broken(f, FILE_READ);
	if (got < length)
		return failure_set(f, EXIT_PROTOCOL, "%s became shorter "
		    "meanwhile", path);
	*data = r->body + DATA_HEAD;
	return 0;
}

int
wire_take_digest(const struct reply *r, const struct transfer *t,
    uint8_t digest[DIGEST_MAX], uint64_t *length, struct failure *f)
{
	size_t size = digest_size(t->kind);
	const uint8_t *end = r->body + DIGEST_HEAD + size;
	int err = take_ok(r, FILE_DIGEST, t->path, DIGEST_HEAD + size + 8, f);

	if (err)
		return err;
	if (be32_get(r->body + STATUS) != (uint32_t)t->kind)
		return broken(f, FILE_DIGEST);
	memcpy(digest, r->body + DIGEST_HEAD, size);
	*length = (uint64_t)be32_get(end) << 32 | be32_get(end + 4);
	return 0;
}
