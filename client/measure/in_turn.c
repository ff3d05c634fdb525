/*
 * One call at a time: see in_turn.h. Called by load.c. The two clock readings
 * of a call are its first and last instructions; all else happens between
 * calls, and the time it takes is taken off the client's CPU time.
 */
#include "measure/in_turn.h"

#include <errno.h>

#include "clock.h"
#include "interrupt.h"
#include "measure/pace.h"
#include "measure/schedule.h"

struct bench {
	const struct load *load;
	struct subject *subject;
	struct work *work;
	const struct recorder *rec;
};

static const struct request *
next_request(const struct bench *b)
{
	return b->subject->ops->begin != NULL ? work_next(b->work) :
	    work_turn(b->work);
}

/* One call, begun at t0, which was due then: 0 or -errno; *over when. */
static int
call(const struct bench *b, const struct request *rq, uint64_t due,
    uint64_t t0, uint64_t *over)
{
	const struct recorder *rec = b->rec;
	struct subject *s = b->subject;
	int err = rq == NULL ? -ERANGE :
	    s->ops->call(s, b->work, rq, t0 + b->load->timeout_ns);
	uint64_t t1 = clock_ns();
	const char *why;

	*over = t1;
	rec->tally->calls++;
	rec->tally->busy_ns += t1 - t0;
	if (err == -ETIMEDOUT) {
		record_lost(rec, due, t0, t1);
	} else if (err) {
		return err;
	} else {
		record_call(rec, due, t0, t1);
		why = s->ops->wrong(s, b->work, rq);
		if (why != NULL)
			row_void(rec->row, why);
	}
	return interrupt_signal() != 0 ? -EINTR : 0;
}

static int
closed_loop(const struct bench *b, uint64_t ns)
{
	const struct request *rq = next_request(b);
	struct tally *t = b->rec->tally;
	uint64_t start = clock_ns(), t0 = start, t1;

	for (;;) {
		int err = call(b, rq, t0, t0, &t1);

		if (err)
			return err;
		if (t1 - start >= ns && t->calls >= t->calls_min)
			break;
		rq = next_request(b);
		t0 = clock_ns();
		t->between_ns += t0 - t1;
	}
	t->between_ns += clock_ns() - t1;
	return 0;
}

/* The next call at its time, or as soon as it can: 0 or -errno. */
static int
paced_call(const struct bench *b, struct schedule *due, uint64_t *free_at)
{
	const struct request *rq = next_request(b);
	struct tally *t = b->rec->tally;
	uint64_t asleep = 0, t0;
	int err = pace_until(due->due, b->load->spin_ns, &asleep);

	t0 = clock_ns();
	t->between_ns += t0 - *free_at - asleep;
	/* It was prepared, and never sent. */
	if (err)
		return err;
	paced_sent(b->rec->paced, due->due, t0, due->due < *free_at);
	err = call(b, rq, due->due, t0, free_at);
	schedule_advance(due);
	return err;
}

static int
open_loop(const struct bench *b, uint64_t ns)
{
	const struct load *load = b->load;
	uint64_t start = clock_ns(), end = start + ns, free_at = start;
	struct schedule due;
	int err = 0;

	schedule_init(&due, load->rate, load->poisson, load->seed, start);
	while (err == 0 && due.due < end && (due.due >= free_at ||
	    free_at < end))
		err = paced_call(b, &due, &free_at);
	for (; err == 0 && due.due < end; schedule_advance(&due))
		record_unsent(b->rec, due.due, free_at);
	/* A rate is over time, not over the time that calls took. */
	b->rec->tally->busy_ns = (free_at > end ? free_at : end) - start;
	return err;
}

int
in_turn_run(const struct load *load, struct subject *s, struct work *w,
    uint64_t ns, const struct recorder *rec)
{
	const struct bench b = { load, s, w, rec };

	return load->rate > 0 ? open_loop(&b, ns) : closed_loop(&b, ns);
}
