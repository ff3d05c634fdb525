/*
 * The floor of a kind of descriptor as the subject of a measurement.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "measure/subject.h"

static int
start_failed(struct subject *s, int err, struct failure *f)
{
	if (err == -EMSGSIZE)
		return failure_set(f, EXIT_USAGE,
		    "does not fit in one datagram");
	return failure_set(f, EXIT_OS, "floor %s: %s", s->descriptor,
	    strerror(-err));
}

static int
floor_open(struct subject *s, const struct work *w, bool blocking,
    struct failure *f)
{
	int err = floor_start(&s->floor, s->descriptor, w->size,
	    s->server_cpu, !blocking);

	if (err)
		return start_failed(s, err, f);
	s->buffer = malloc(s->floor.size);
	if (s->buffer != NULL)
		return 0;
	floor_stop(&s->floor);
	return failure_set(f, EXIT_OS, "no memory");
}

static int
floor_round_trip(struct subject *s, const struct work *w,
    uint64_t deadline_ns)
{
	int err = floor_call(&s->floor, w->payload, s->buffer);

	(void)deadline_ns;
	s->answer = s->buffer;
	s->answer_len = w->size;
	return err;
}

/* A responder keeps no books; what it used can be seen from outside. */
static int
floor_ledger(struct subject *s, struct ledger *l)
{
	l->counts = false;
	l->who[0] = '\0';
	return usage_of_pid(s->floor.pid, &l->usage);
}

static void
floor_close(struct subject *s)
{
	floor_stop(&s->floor);
	free(s->buffer);
	s->buffer = NULL;
}

const struct subject_ops subject_floor_ops = {
	.open = floor_open,
	.call = floor_round_trip,
	.ledger = floor_ledger,
	.close = floor_close,
};
