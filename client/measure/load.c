/*
 * A round of a measurement: see load.h. Called by compare.c; in_turn.c and
 * pipeline.c make the calls.
 */
#include "measure/load.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "call_error.h"
#include "clock.h"
#include "measure/in_turn.h"
#include "measure/meter.h"
#include "measure/connections.h"
#include "measure/pace.h"
#include "measure/pipeline.h"
#include "measure/shares.h"

enum { WARMUP_CALLS_MIN = 20 };

void
record_call(const struct recorder *rec, uint64_t due, uint64_t sent,
    uint64_t now)
{
	hist_record(rec->hist, now - due);
	if (rec->paced != NULL)
		hist_record(&rec->paced->service, now - sent);
}

void
record_calls(const struct recorder *rec, uint64_t due, uint64_t sent,
    uint64_t now, uint64_t n)
{
	hist_add(rec->hist, now - due, n);
	if (rec->paced != NULL)
		hist_add(&rec->paced->service, now - sent, n);
}

/* A call that was lost counts as one at least that long. */
void
record_lost(const struct recorder *rec, uint64_t due, uint64_t sent,
    uint64_t now)
{
	rec->row->errors++;
	rec->tally->lost++;
	record_call(rec, due, sent, now);
}

void
record_unsent(const struct recorder *rec, uint64_t due, uint64_t now)
{
	rec->paced->unsent++;
	rec->paced->held++;
	rec->paced->missed++;
	rec->paced->scheduled++;
	hist_record(rec->hist, now - due);
}

/* What is measured, and by what. */
struct bench {
	const struct load *load;
	struct subject *subject;
	struct connections connections;
	struct work *work;
	struct recorder rec;
};

static bool
in_turn(const struct load *load)
{
	return load->outstanding == 1 && load->connections == 1;
}

static int
phase(const struct bench *b, uint64_t ns, struct tally *t)
{
	struct recorder rec = b->rec;

	rec.tally = t;
	return in_turn(b->load) ?
	    in_turn_run(b->load, b->subject, b->work, ns, &rec) :
	    pipeline_run(b->load, b->connections.conns, b->connections.n, b->work, ns,
	    &rec);
}

/* What is not the calls' was spent in user mode, but for empty polls. */
static void
add_cost(struct cost *c, const struct usage *d, const struct tally *not_ours)
{
	double all = d->user_ns + d->system_ns, share = 0;
	double between = not_ours ? (double)not_ours->between_ns : 0;

	if (not_ours != NULL && all > 0)
		share = fmin((double)not_ours->polled_ns / all, 1);
	c->known = true;
	c->user_ns += fmax(d->user_ns * (1 - share) - between, 0);
	c->system_ns += d->system_ns * (1 - share);
	c->voluntary += d->voluntary;
	c->involuntary += d->involuntary;
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
	uint64_t failed = failed_count(d->failed);
	/* What it refused it may count elsewhere. */
	uint64_t lost = t->lost + failed;
	bool at_least = b->at_least || row->errors > failed_count(row->failed);
	char why[RESULT_NOTE_MAX];

	if (agree(d->calls, calls, a->counts_calls, at_least, lost) &&
	    agree(d->changes, changes, a->counts_changes, at_least, lost) &&
	    (lost > 0 || (agree(d->carried, in, a->counts_bytes, at_least,
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

/* Payload of calls that were answered: what was lost nobody acknowledged. All
 * calls of a load carry about as much. */
static uint64_t
bytes_answered(const struct tally *t, const struct work_done *d)
{
	uint64_t bytes = d->carried + d->brought;

	return t->lost == 0 || t->calls == 0 ? bytes : (uint64_t)llround(
	    (double)bytes * (double)(t->calls - t->lost) / (double)t->calls);
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
	/* At a given rate that would be the rate once more. */
	if (row->paced != NULL && h->count > 0)
		r->mean_ns = h->sum / (double)h->count;
	r->encode_ns = r->dispatch_ns = NAN;
	r->calls = t->calls;
	r->lost = t->lost;
	r->wall_ns = (double)t->busy_ns;
	row->measured = true;
	row->calls += t->calls;
	row->wall_ns += (double)t->busy_ns;
	row->bytes += bytes_answered(t, d);
	for (unsigned i = 0; i < FAILED_KINDS; i++)
		row->failed[i] += d->failed[i];
	row->errors += failed_count(d->failed);
	hist_merge(row->hist, h);
}

static void
start_recording(const struct bench *b)
{
	hist_init(b->rec.hist);
	if (b->rec.paced != NULL)
		paced_init(b->rec.paced);
}

static int
warm_up(struct bench *b)
{
	struct tally t = { 0 };
	struct work_done done = { 0 };
	int err;

	/* At a rate it would take its time. */
	t.calls_min = b->load->rate > 0 ? 1 : WARMUP_CALLS_MIN;
	start_recording(b);
	err = phase(b, b->load->warmup_ns, &t);
	work_did(b->work, &done);
	b->rec.row->warmup_calls += t.calls;
	return err;
}

/* Both ends' readings before the measured phase, and after it. */
struct readings {
	struct meter meter;
	struct ledger ledger;
	struct usage client;
	struct shares_reading machine;
};

static int
read_before(struct bench *b, struct readings *r)
{
	int err = in_turn(b->load) ? meter_before(&r->meter, b->subject,
	    b->work) : 0;

	if (err == 0)
		err = connections_ledger(&b->connections, b->work,
		    &r->ledger);
	r->meter.between = kernel_tally->bytes - r->meter.then;
	shares_read(&r->machine);
	usage_self(&r->client);
	r->meter.client = *kernel_tally;
	return err;
}

static int
read_after(struct bench *b, struct readings *r)
{
	struct kernel_tally client = *kernel_tally;
	uint64_t bytes;
	int err;

	usage_self(&r->client);
	shares_read(&r->machine);
	bytes = kernel_tally->bytes;
	err = connections_ledger(&b->connections, b->work, &r->ledger);
	if (err == 0 && in_turn(b->load))
		err = meter_after(&r->meter, b->subject, b->work);
	r->meter.between = r->meter.then - bytes;
	r->meter.client = client;
	return err;
}

/*
 * System calls and bytes of a round, of a server that counts its own. Between
 * its two figures came our readings, too: of as many calls as xids say, and of
 * as many bytes as this end moved for them.
 */
static void
add_kernel(struct row *row, const struct meter *a, const struct meter *b,
    uint64_t calls)
{
	uint64_t ours = a->between + b->between;
	uint32_t all = b->xid - a->xid;

	if (!a->counted || !b->counted || calls == 0 || all == 0)
		return;
	row->client.counted_calls += (double)calls;
	row->client.kernel_calls += (double)(b->client.calls -
	    a->client.calls);
	row->client.kernel_bytes += (double)(b->client.bytes -
	    a->client.bytes);
	row->server.counted_calls += (double)calls;
	row->server.kernel_calls += (double)(b->kernel.calls -
	    a->kernel.calls) * (double)calls / all;
	row->server.kernel_bytes += (double)(b->kernel.bytes -
	    a->kernel.bytes) - (double)ours;
}

static void
add_costs(struct row *row, const struct readings *a, const struct readings *b,
    const struct tally *t)
{
	struct usage client = usage_diff(&a->client, &b->client);
	struct usage server = usage_diff(&a->ledger.usage, &b->ledger.usage);
	bool known = a->ledger.used && b->ledger.used;

	add_cost(&row->client, &client, t);
	if (known)
		add_cost(&row->server, &server, NULL);
	shares_add(&row->shares, &a->machine, &b->machine, &client,
	    known ? &server : NULL);
}

static void
find_parts(const struct bench *b, const struct meter *before,
    const struct meter *after, struct round *r)
{
	r->encode_ns = meter_encode_ns(b->subject, b->work);
	r->dispatch_ns = meter_dispatch_ns(before, after);
}

static int
measure(struct bench *b)
{
	struct row *row = b->rec.row;
	struct tally t = { .calls_min = 1 };
	struct work_done done = { 0 };
	struct readings before = { 0 }, after = { 0 };
	int err = warm_up(b);

	if (err == 0)
		err = read_before(b, &before);
	if (err)
		return err;
	start_recording(b);
	err = phase(b, b->load->duration_ns, &t);
	if (err == 0)
		err = read_after(b, &after);
	if (err)
		return err;
	work_did(b->work, &done);
	balance(&t, &done, &before.ledger, &after.ledger, row);
	row->counts_calls = after.ledger.counts_calls;
	row->counts_bytes = after.ledger.counts_bytes;
	add_costs(row, &before, &after, &t);
	add_round(row, b->rec.hist, &t, &done);
	add_kernel(row, &before.meter, &after.meter, t.calls);
	if (in_turn(b->load) && b->load->rate == 0)
		find_parts(b, &before.meter, &after.meter,
		    &row->rounds[row->nrounds - 1]);
	if (b->rec.paced != NULL)
		paced_merge(row->paced, b->rec.paced);
	return 0;
}

static int
say_why(int err, const struct subject *s, const struct work *w,
    struct failure *f)
{
	if (err == -ERANGE && w->stopped != NULL)
		return failure_set(f, EXIT_DATA, "%s", w->stopped);
	if (err == -EMSGSIZE)
		return failure_set(f, EXIT_USAGE, "does not fit in one "
		    "message of this mechanism, of %d bytes",
		    CONN_DATAGRAM_MAX);
	if (s->ops == &subject_conn_ops && s->conn.link.child > 0)
		return call_failed_over(f, "the load", err, &s->conn.link);
	return failure_set(f, EXIT_PROTOCOL, "%s", err == -EPROTO ?
	    "the server refused the call" : strerror(-err));
}

/* Of this round; too large for a stack. */
static struct hist round_hist;
static struct paced round_paced;
static struct kernel_tally round_kernel;

int
load_run(const struct load *load, struct subject *s, struct work *w,
    struct row *row, struct failure *f)
{
	struct bench b = { .load = load, .subject = s, .work = w,
		.rec = { .row = row, .hist = &round_hist,
		.paced = load->rate > 0 ? &round_paced : NULL } };
	int err = connections_open(&b.connections, s, w, load->connections,
	    in_turn(load) && !load->spin && !s->polls, f);

	if (err)
		return err;
	kernel_tally = &round_kernel;
	if (load->rate > 0)
		pace_begin();
	if (s->ops->begin != NULL)
		err = s->ops->begin(s, w, f);
	if (err == 0)
		err = measure(&b);
	row->unfit = err == -EMSGSIZE;
	if (err != 0 && err != -EINTR && f->code == 0)
		err = say_why(err, s, w, f);
	row->resent += s->conn.resent;
	connections_close(&b.connections);
	kernel_tally = NULL;
	return err;
}
