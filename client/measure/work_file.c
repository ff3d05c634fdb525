/*
 * The workload "file-read": parts of one size of a file that the server
 * exports, at offsets that a seed draws. What is right was learned by reading
 * each part once, over the first subject; the private daemon of a comparison
 * has a file of known bytes, and is held against these as well.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "call_error.h"
#include "clock.h"
#include "crc32c.h"
#include "file.h"
#include "measure/stats.h"
#include "measure/work.h"
#include "pattern.h"
#include "xbuf.h"

enum {
	PARTS_MIN = 16, PARTS_MAX = 256,
	PARTS_BYTES = 16 << 20,		/* of all parts, from 64 KiB on */
	/* Status, eof and length stand before the bytes. */
	ANSWER_LENGTH = 8, ANSWER_BYTES = 12,
	HEAD_MAX = 64,			/* of an answer, before the bytes */
	CALL_TIMEOUT_S = 10,
};

_Static_assert((int)WORK_PATH_MAX <= FILE_PATH_MAX, "FILE takes any path");

struct file_state {
	uint64_t size;		/* of the file; 0: not asked yet */
};

/* Path, then offset and count: where the offset is depends on the path. */
static size_t
offset_at(const struct work *w)
{
	return 4 + xdr_padded(strlen(w->spec.file));
}

static void
set_offset(const struct work *w, struct request *rq, uint64_t offset)
{
	be32_put(rq->args + offset_at(w), (uint32_t)(offset >> 32));
	be32_put(rq->args + offset_at(w) + 4, (uint32_t)offset);
}

static uint64_t
get_offset(const struct work *w, const struct request *rq)
{
	return (uint64_t)be32_get(rq->args + offset_at(w)) << 32 |
	    be32_get(rq->args + offset_at(w) + 4);
}

static const char *
read_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	(void)w;
	if (r->len < 4 || be32_get(r->body) != FILE_OK)
		return "the file could not be read";
	return r->len == ANSWER_BYTES + xdr_padded(rq->brings) &&
	    be32_get(r->body + ANSWER_LENGTH) == rq->brings &&
	    crc32c(0, r->body + ANSWER_BYTES, rq->brings) == rq->crc ? NULL :
	    "wrong bytes came back";
}

static void
make_request(const struct work *w, struct request *rq)
{
	uint32_t len = (uint32_t)strlen(w->spec.file);

	be32_put(rq->args, len);
	memcpy(rq->args + 4, w->spec.file, len);
	be32_put(rq->args + offset_at(w) + 8, w->size);
	rq->proc = FILE_READ;
	rq->args_len = offset_at(w) + 12;
	rq->carries = len + 12;
	rq->brings = w->size;
}

static size_t
count_parts(uint32_t size)
{
	size_t n = PARTS_BYTES / size;

	return n < PARTS_MIN ? PARTS_MIN : n > PARTS_MAX ? PARTS_MAX : n;
}

static int
init(struct work *w)
{
	size_t n = count_parts(w->size);
	int err;

	if (w->spec.file == NULL || strlen(w->spec.file) > WORK_PATH_MAX)
		return -EINVAL;
	w->prog = FILE_PROG;
	w->vers = FILE_V1;
	w->name = "FILE.READ";
	w->label = w->ops->name;
	w->wrong = read_wrong;
	w->state = calloc(1, sizeof(struct file_state));
	err = w->state == NULL ? -ENOMEM :
	    work_allocate(w, n, offset_at(w) + 12);
	for (size_t i = 0; i < n && err == 0; i++)
		make_request(w, &w->requests[i]);
	return err ? err : work_draw(w, (uint32_t)n);
}

/* A call that is answered with results: 0, or f's code negated. */
static int
ask(struct conn *c, uint32_t proc, const uint8_t *args, size_t n,
    struct reply *r, struct failure *f)
{
	struct call_head head = { .prog = FILE_PROG, .vers = FILE_V1,
		.proc = proc };
	const char *what = proc == FILE_READ ? "FILE.READ" : "FILE.STAT";
	int err = conn_call(c, &head, args, n, r,
	    clock_ns() + CALL_TIMEOUT_S * NS_PER_S);

	if (err == -ETIMEDOUT)
		return call_timed_out(f, what, CALL_TIMEOUT_S * NS_PER_S);
	if (err)
		return call_failed(f, what, err);
	return r->status.kind == REPLY_SUCCESS ? 0 :
	    call_refused(f, what, &r->status);
}

/* How large the file is: 0, or f's code negated. */
static int
ask_size(const struct work *w, struct conn *c, uint64_t *size,
    struct failure *f)
{
	file_attr_res res = { 0 };
	struct reply r;
	XDR x;
	int err = ask(c, FILE_STAT, w->requests[0].args, offset_at(w), &r, f);

	if (err)
		return err;
	xbuf_decode(&x, r.body, r.len, false);
	if (!xdr_file_attr_res(&x, &res))
		return call_failed(f, "FILE.STAT", xbuf_starved(&x) ?
		    -ENOMEM : -EBADMSG);
	if (res.status != FILE_OK || res.file_attr_res_u.attr.type !=
	    FILE_REGULAR)
		return failure_set(f, EXIT_NOFILE, "%s is not a file there",
		    w->spec.file);
	*size = res.file_attr_res_u.attr.size;
	if (*size < w->size)
		return failure_set(f, EXIT_USAGE, "%s has only %llu bytes",
		    w->spec.file, (unsigned long long)*size);
	return 0;
}

/* CRC32C of the pattern's bytes from offset on. */
static uint32_t
pattern_crc(uint64_t offset, uint32_t n)
{
	uint32_t crc = 0;

	while (n > 0) {
		uint64_t word = pattern_word(WORK_FILE_SEED, offset / 8);
		uint32_t skip = offset % 8;
		uint32_t take = n < 8 - skip ? n : 8 - skip;

		crc = crc32c(crc, (uint8_t *)&word + skip, take);
		offset += take;
		n -= take;
	}
	return crc;
}

/* Reads one part, to know it from now on. */
static int
learn(struct work *w, struct request *rq, struct conn *c, struct failure *f)
{
	struct reply r;
	int err = ask(c, FILE_READ, rq->args, rq->args_len, &r, f);

	if (err)
		return err;
	if (r.len >= ANSWER_BYTES + w->size)
		rq->crc = crc32c(0, r.body + ANSWER_BYTES, w->size);
	if (read_wrong(w, rq, &r) != NULL)
		return failure_set(f, EXIT_PROTOCOL, "%s cannot be read",
		    w->spec.file);
	if (w->spec.file_known &&
	    rq->crc != pattern_crc(get_offset(w, rq), w->size))
		return failure_set(f, EXIT_PROTOCOL, "%s was read with other "
		    "bytes than it has", w->spec.file);
	return 0;
}

static int
begin(struct work *w, struct conn *c, unsigned subject, struct failure *f)
{
	struct file_state *st = w->state;
	uint64_t size = 0, random = w->spec.seed;
	const char *fs = w->spec.fs ? w->spec.fs : "";
	int err;

	(void)subject;
	if (c->link.datagram && w->size + HEAD_MAX > CONN_DATAGRAM_MAX)
		return -EMSGSIZE;
	if (st->size > 0)
		return 0;
	err = ask_size(w, c, &size, f);
	for (size_t i = 0; i < w->nrequests && err == 0; i++) {
		set_offset(w, &w->requests[i], stats_random(&random) %
		    (size - w->size + 1));
		err = learn(w, &w->requests[i], c, f);
	}
	if (err)
		return err;
	st->size = size;
	snprintf(w->store, sizeof(w->store), "%.40s%s%s, %llu bytes",
	    w->spec.file, fs[0] ? " on " : "", fs, (unsigned long long)size);
	return 0;
}

static void
release(struct work *w)
{
	free(w->state);
}

const struct work_ops work_file_read = {
	.name = "file-read",
	.about = "READ of a part of a file, at offsets drawn at random",
	.sizes = "4K,64K", .size_min = 1, .size_max = FILE_IO_MAX,
	.init = init, .begin = begin, .release = release,
};
