/*
 * The record reader against one that has all bytes at once: the same records
 * or the same refusal, however the bytes are split, when ever the reader is
 * parked, and whoever uses the shared window in between.
 *
 *   input = limits (1), bytes of a read (1 each, SPLITS of them), the stream
 *
 * The top bit of a split stops after one record, as a turn that is over does.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "record.h"
#include "roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { SPLITS = 8, WINDOW = 8192, HEAD = 1 + SPLITS, RECORDS_MAX = 2048 };

struct stream {
	const uint8_t *data;
	size_t n, at;
};

/* What the whole stream comes to: the records' bytes, lengths, the end. */
struct expected {
	uint8_t *bytes;
	size_t len[RECORDS_MAX];
	size_t records, taken, offset;
	int end;		/* 0, -EMSGSIZE or -EBADMSG */
};

/* One record from s to out: 1 with *len, 0 when it is cut off, -errno. */
static int
naive_record(struct stream *s, const struct record_limits *l, uint8_t *out,
    size_t *len)
{
	unsigned fragments = 0, empty = 0;
	bool last = false;

	for (*len = 0; !last; ) {
		uint32_t mark, size;

		if (s->n - s->at < 4)
			return 0;
		mark = be32_get(s->data + s->at);
		size = mark & 0x7fffffff;
		last = mark >> 31;
		s->at += 4;
		empty += size == 0;
		if (++fragments > l->fragments || empty > l->empty)
			return -EBADMSG;
		if (size > l->record || *len + size > l->record)
			return -EMSGSIZE;
		if (size > s->n - s->at)
			return 0;
		memcpy(out + *len, s->data + s->at, size);
		*len += size;
		s->at += size;
	}
	return 1;
}

static struct expected *
naive(struct stream s, const struct record_limits *l)
{
	struct expected *e = calloc(1, sizeof(*e));
	size_t total = 0;

	MUST(e != NULL && (e->bytes = malloc(s.n + 1)) != NULL);
	while (e->records < RECORDS_MAX) {
		e->end = naive_record(&s, l, e->bytes + total,
		    &e->len[e->records]);
		if (e->end != 1)
			break;
		total += e->len[e->records++];
	}
	return e;
}

/* Takes records until there are none, or one: as record_reader_next(). */
static int
take(struct record_reader *r, struct expected *e, bool one)
{
	const uint8_t *msg;
	size_t len;
	int got;

	while ((got = record_reader_next(r, &msg, &len)) == 1) {
		MUST(e->taken < e->records && len == e->len[e->taken]);
		MUST(len == 0 ||
		    memcmp(msg, e->bytes + e->offset, len) == 0);
		e->offset += len;
		e->taken++;
		if (one)
			break;
	}
	return got;
}

/* One read of at most want bytes: 0 or -errno. */
static int
feed(struct record_reader *r, struct stream *s, uint8_t *window, size_t want)
{
	uint8_t *data;
	size_t room;
	int err = record_reader_space(r, window, WINDOW, &data, &room);

	if (err)
		return err;
	MUST(room > 0);
	if (want > room)
		want = room;
	if (want > s->n - s->at)
		want = s->n - s->at;
	memcpy(data, s->data + s->at, want);
	s->at += want;
	record_reader_feed(r, data, want);
	return 0;
}

/* Parks; then the window is somebody else's. */
static int
park(struct record_reader *r, uint8_t *window, size_t received)
{
	size_t used = r->base == window ? r->end : 0;
	int err = record_reader_park(r);

	memset(window, 0xa5, used);
	MUST(r->own.cap <= 4 * received + 5120);
	return err;
}

/* All of the stream: what the last call of the reader said. */
static int
read_all(struct record_reader *r, struct stream *s, struct expected *e,
    const uint8_t *splits)
{
	uint8_t *window = malloc(WINDOW);
	int got = 0;

	MUST(window != NULL);
	for (unsigned turn = 0; got >= 0 && (got == 1 || s->at < s->n);
	    turn++) {
		uint8_t how = splits[turn % SPLITS];
		int err = got == 1 ? 0 : feed(r, s, window,
		    (size_t)1 << (how & 15));

		got = err ? err : take(r, e, how >> 7);
		err = got < 0 ? 0 : park(r, window, s->at);
		if (err)
			got = err;
	}
	free(window);
	return got;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const size_t sizes[] = { 64, 600, 5000, 7000 };
	struct record_reader r;
	struct stream s;
	int got;

	if (n < HEAD)
		return 0;
	struct record_limits limits = { sizes[data[0] & 3],
		1 + (data[0] >> 2 & 7), data[0] >> 5 & 1 };
	struct budget budget = { .limit = data[0] >> 6 & 1 ? 9000 : 1 << 30 };
	struct expected *e;

	s = (struct stream){ data + HEAD, n - HEAD, 0 };
	e = naive(s, &limits);
	record_reader_init(&r, &limits, &budget);
	got = read_all(&r, &s, e, data + 1);
	MUST(budget.used <= budget.limit);
	MUST(got != -ENOBUFS || budget.limit == 9000);
	if (got != -ENOBUFS && e->records < RECORDS_MAX)
		MUST(got == e->end && e->taken == e->records);
	record_reader_release(&r);
	MUST(budget.used == 0);
	free(e->bytes);
	free(e);
	return 0;
}
