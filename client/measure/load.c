/*
 * The measuring loop: see load.h. The two clock readings of a call are its
 * first and last instructions; all else happens between calls, and the time
 * it takes is taken off the client's CPU time.
 */
#include "measure/load.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "interrupt.h"
#include "measure/pipeline.h"

enum { WARMUP_CALLS_MIN = 20, CALL_TIMEOUT_S = 5 };

/* A call that was lost counts as one at least that long. */
static void
count_lost(struct row *row, struct hist *h, struct tally *t, uint64_t ns)
{
	row->errors++;
	t->lost++;
	hist_record(h, ns);
}

static const struct request *
next_request(const struct subject *s, struct work *w)
{
	return s->ops->begin != NULL ? work_next(w) : work_turn(w);
}

/* Calls for ns nanoseconds, or until Ctrl-C: 0 or -errno. */
static int
calls_for(struct subject *s, struct work *w, uint64_t ns,
    struct row *row, struct hist *h, struct tally *t)
{
	const struct request *rq = next_request(s, w);
	uint64_t start = clock_ns(), t0 = start, t1;

	for (;;) {
		const char *why;
		int err = s->ops->call(s, w, rq,
		    t0 + CALL_TIMEOUT_S * NS_PER_S);

		t1 = clock_ns();
		t->calls++;
		t->busy_ns += t1 - t0;
		if (err == -ETIMEDOUT)
			count_lost(row, h, t, t1 - t0);
		else if (err)
			return err;
		else {
			hist_record(h, t1 - t0);
			why = s->ops->wrong(s, w, rq);
			if (why != NULL)
				row_void(row, why);
		}
		if (interrupt_signal() != 0)
			return -EINTR;
		if (t1 - start >= ns && t->calls >= t->calls_min)
			break;
		rq = next_request(s, w);
		t0 = clock_ns();
		t->between_ns += t0 - t1;
	}
	t->between_ns += clock_ns() - t1;
	return 0;
}

static int
phase(const struct load *load, struct subject *s, struct work *w,
    uint64_t ns, struct row *row, struct hist *h, struct tally *t)
{
	return load->outstanding > 1 ?
	    pipeline_run(&s->conn, w, load->outstanding, ns, row, h, t) :
	    calls_for(s, w, ns, row, h, t);
}

static void
add_cost(struct cost *c, const struct usage *before,
    const struct usage *after, double not_ours_ns)
{
	struct usage d = usage_diff(before, after);

	c->known = true;
	c->user_ns += d.user_ns > not_ours_ns ? d.user_ns - not_ours_ns : 0;
	c->system_ns += d.system_ns;
	c->voluntary += d.voluntary;
	c->involuntary += d.involuntary;
}

/* Is what the server counts what we did, or may be? */
static bool
agree(uint64_t ours, uint64_t theirs, bool known, bool at_least,
    uint64_t lost)
{
	if (!known || ours == theirs)
		return true;
	return (at_least || lost > 0) && theirs + lost >= ours;
}

/*
 * Did the server do what we asked for, all of it, and as many bytes? A call
 * that was lost it may have done or not, and one that was sent again twice.
 */
static void
balance(const struct tally *t, const struct work_done *d,
    const struct ledger *a, const struct ledger *b, struct row *row)
{
	uint64_t calls = b->calls - a->calls, in = b->bytes_in - a->bytes_in;
	uint64_t out = b->bytes_out - a->bytes_out;
	uint64_t changes = b->changes - a->changes;
	bool at_least = b->at_least || row->errors > 0;
	char why[RESULT_NOTE_MAX];

	if (agree(d->calls, calls, a->counts_calls, at_least, t->lost) &&
	    agree(d->changes, changes, a->counts_changes, at_least, t->lost) &&
	    (t->lost > 0 || (agree(d->carried, in, a->counts_bytes, at_least,
	    0) && agree(d->brought, out, a->counts_bytes, at_least, 0))))
		return;
	snprintf(why, sizeof(why), "ledgers differ: we made %llu calls with "
	    "%llu bytes and %llu changes, the server counts %llu with %llu "
	    "and %llu", (unsigned long long)d->calls,
	    (unsigned long long)d->carried, (unsigned long long)d->changes,
	    (unsigned long long)calls, (unsigned long long)in,
	    (unsigned long long)changes);
	row_void(row, why);
}

static double
supported(const struct hist *h, double p)
{
	return hist_supports(h, p) ? (double)hist_percentile(h, p) : NAN;
}

static void
add_round(struct row *row, const struct hist *h, const struct tally *t,
    const struct work_done *d)
{
	struct round *r = &row->rounds[row->nrounds++];

	r->p50_ns = (double)hist_percentile(h, 50);
	r->p90_ns = supported(h, 90);
	r->p99_ns = supported(h, 99);
	r->mean_ns = t->calls ? (double)t->busy_ns / (double)t->calls : 0;
	r->calls = t->calls;
	row->measured = true;
	row->calls += t->calls;
	row->wall_ns += (double)t->busy_ns;
	row->bytes += d->carried + d->brought;
	hist_merge(row->hist, h);
}

static int
measure(const struct load *load, struct subject *s, struct work *w,
    struct row *row, struct hist *h)
{
	struct tally warm = { .calls_min = WARMUP_CALLS_MIN };
	struct tally t = { .calls_min = 1 };
	struct work_done warmed = { 0 }, d = { 0 };
	struct ledger before, after;
	struct usage mine, mine_after;
	int err = phase(load, s, w, load->warmup_ns, row, h, &warm);

	work_did(w, &warmed);
	row->warmup_calls += warm.calls;
	hist_init(h);
	if (err == 0)
		err = s->ops->ledger(s, w, &before);
	if (err)
		return err;
	usage_self(&mine);
	err = phase(load, s, w, load->duration_ns, row, h, &t);
	usage_self(&mine_after);
	if (err == 0)
		err = s->ops->ledger(s, w, &after);
	if (err)
		return err;
	work_did(w, &d);
	balance(&t, &d, &before, &after, row);
	add_cost(&row->client, &mine, &mine_after, (double)t.between_ns);
	if (before.used && after.used)
		add_cost(&row->server, &before.usage, &after.usage, 0);
	add_round(row, h, &t, &d);
	return 0;
}

static int
say_why(int err, struct failure *f)
{
	return failure_set(f, EXIT_PROTOCOL, "%s", err == -EMSGSIZE ?
	    "does not fit in one message of this mechanism" :
	    err == -EPROTO ? "the server refused the call" : strerror(-err));
}

int
load_run(const struct load *load, struct subject *s, struct work *w,
    struct row *row, struct failure *f)
{
	static struct hist h;	/* of this round; too large for a stack */
	int err = s->ops->open(s, w, load->outstanding == 1 && !load->spin,
	    f);

	if (err)
		return err;
	if (s->ops->begin != NULL)
		err = s->ops->begin(s, w, f);
	if (err == 0) {
		hist_init(&h);
		err = measure(load, s, w, row, &h);
		if (err != 0 && err != -EINTR)
			err = say_why(err, f);
	}
	s->ops->close(s);
	return err;
}
