/*
 * The floor of a kind of descriptor as the subject of a measurement.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "measure/subject.h"
#include "pattern.h"

static int
start_failed(struct subject *s, int err, struct failure *f)
{
	if (err == -EMSGSIZE)
		return failure_set(f, EXIT_USAGE,
		    "does not fit in one datagram");
	return failure_set(f, EXIT_OS, "floor %s: %s", s->descriptor,
	    strerror(-err));
}

/* What both messages begin with is what was sent. */
static uint32_t
in_both(const struct subject *s)
{
	return s->floor.out < s->floor.back ? s->floor.out : s->floor.back;
}

static int
allocate(struct subject *s)
{
	s->sent = malloc(s->floor.out);
	s->got = malloc(s->floor.back);
	if (s->sent == NULL || s->got == NULL)
		return -ENOMEM;
	pattern_fill(s->sent, s->floor.out, s->floor.out);
	s->crc = crc32c(0, s->sent, in_both(s));
	return 0;
}

static void
floor_close(struct subject *s)
{
	floor_stop(&s->floor);
	free(s->sent);
	free(s->got);
	s->sent = s->got = NULL;
}

/* The messages of the work's first request, in bytes, stand for all. */
static int
floor_open(struct subject *s, const struct work *w, bool blocking,
    struct failure *f)
{
	const struct request *rq = &w->requests[0];
	int err = floor_start(&s->floor, s->descriptor, rq->carries,
	    rq->brings, s->server_cpu, !blocking);

	if (err)
		return start_failed(s, err, f);
	if (allocate(s) == 0)
		return 0;
	floor_close(s);
	return failure_set(f, EXIT_OS, "no memory");
}

static int
floor_round_trip(struct subject *s, const struct work *w,
    const struct request *rq, uint64_t deadline_ns)
{
	(void)w, (void)rq, (void)deadline_ns;
	return floor_call(&s->floor, s->sent, s->got);
}

static const char *
floor_wrong(const struct subject *s, const struct work *w,
    const struct request *rq)
{
	(void)w, (void)rq;
	return crc32c(0, s->got, in_both(s)) == s->crc ? NULL :
	    "wrong bytes came back";
}

/* A responder keeps no books; what it used can be seen from outside. */
static int
floor_ledger(struct subject *s, struct work *w, struct ledger *l)
{
	(void)w;
	*l = (struct ledger){ .used = true };
	return usage_of_pid(s->floor.pid, &l->usage);
}

const struct subject_ops subject_floor_ops = {
	.open = floor_open,
	.call = floor_round_trip,
	.wrong = floor_wrong,
	.ledger = floor_ledger,
	.close = floor_close,
};
