/*
 * Meters of both ends: see meter.h. Called by load.c around a round.
 */
#include "measure/meter.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "clock.h"
#include "measure/stats_page.h"

enum { ENCODE_TIMES = 256 };

struct reading {
	struct meter *meter;
	const struct work *work;
	const char *mech;
};

static void
add_times(const reflect_stats *page, void *arg)
{
	const struct reading *r = arg;

	for (u_int i = 0; i < page->rows.rows_len; i++) {
		const reflect_row *row = &page->rows.rows_val[i];

		if (!stats_row_is_of(row, r->work, r->mech))
			continue;
		r->meter->took_ns += row->timed_ns;
		for (u_int k = 0; k < row->counts.counts_len; k++)
			r->meter->took += row->counts.counts_val[k];
	}
}

static void
take_figures(const reflect_stats *page, void *arg)
{
	const struct reading *r = arg;
	unsigned found = 0;

	for (u_int i = 0; i < page->figures.figures_len; i++) {
		const reflect_value *v = &page->figures.figures_val[i];

		if (strcmp(v->name, "message_calls_total") == 0)
			r->meter->kernel.calls = v->value, found++;
		else if (strcmp(v->name, "message_bytes_total") == 0)
			r->meter->kernel.bytes = v->value, found++;
	}
	r->meter->counted = found == 2;
}

/* Only a server that we know to have it is asked for what we could do without. */
static bool
can_be_asked(const struct subject *s, const struct work *w)
{
	return s->ops == &subject_conn_ops && s->kind != ROW_STOCK &&
	    (!w->ops->any_server || s->has_books);
}

/* 0 or what is to be told: a server without that service is none. */
static int
failed(int err)
{
	return err < 0 && err != -EPROTO ? err : 0;
}

static int
read_figures(struct reading *r, struct conn *c)
{
	uint32_t from = 0;

	r->meter->then = kernel_tally->bytes;
	r->meter->xid = c->xid;
	return stats_page(c, &from, take_figures, r);
}

static int
read_times(struct reading *r, struct conn *c)
{
	uint32_t from = 0;
	int err;

	do
		err = stats_page(c, &from, add_times, r);
	while (err >= 0 && from != 0);
	r->meter->timed = err >= 0;
	return err;
}

int
meter_before(struct meter *m, struct subject *s, const struct work *w)
{
	struct reading r = { m, w, mech_info[s->target.mech].name };
	int err = 0;

	*m = (struct meter){ 0 };
	if (!can_be_asked(s, w))
		return 0;
	err = read_times(&r, &s->conn);
	if (err >= 0)
		err = read_figures(&r, &s->conn);
	return failed(err);
}

int
meter_after(struct meter *m, struct subject *s, const struct work *w)
{
	struct reading r = { m, w, mech_info[s->target.mech].name };
	int err = 0;

	*m = (struct meter){ 0 };
	if (!can_be_asked(s, w))
		return 0;
	err = read_figures(&r, &s->conn);
	if (err >= 0)
		err = read_times(&r, &s->conn);
	return failed(err);
}

double
meter_dispatch_ns(const struct meter *a, const struct meter *b)
{
	if (!a->timed || !b->timed || b->took <= a->took)
		return NAN;
	return (double)(b->took_ns - a->took_ns) /
	    (double)(b->took - a->took);
}

/* One call's message, and the head of an answer: 0 or -errno. */
static int
both_messages(struct conn *c, const struct work *w, const struct request *rq,
    const uint8_t *answer, size_t answer_len)
{
	struct call_head head = { .prog = w->prog, .vers = w->vers,
		.proc = rq->proc };
	struct reply_head reply;
	uint8_t *to;
	int err = conn_queue_room(c, &head, rq->args_len, &to);

	if (err)
		return err;
	if (rq->args_len > 0)
		memcpy(to, rq->args, rq->args_len);
	/* Nothing may take the work away because nobody looks at it. */
	__asm__ volatile ("" : : "r" (c->out.data) : "memory");
	c->out.len = 0;
	return c->envelope->parse_reply(answer, answer_len, &reply);
}

double
meter_encode_ns(struct subject *s, const struct work *w)
{
	static const struct reply_status success = { .kind = REPLY_SUCCESS };
	const struct request *rq = &w->requests[0];
	uint8_t answer[ENVELOPE_REPLY_MAX];
	uint64_t start;
	size_t len;
	int err = 0;

	if (s->ops != &subject_conn_ops || s->conn.out.len > 0)
		return NAN;
	len = s->conn.envelope->write_reply(answer, 1, &success);
	start = clock_ns();
	for (int i = 0; i < ENCODE_TIMES && err == 0; i++)
		err = both_messages(&s->conn, w, rq, answer, len);
	return err ? NAN : (double)(clock_ns() - start) / ENCODE_TIMES;
}
