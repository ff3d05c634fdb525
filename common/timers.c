/*
 * The timer heap: see timers.h. A worker sets a timer per peer and moves it
 * lazily, so that a call costs no heap operation.
 */
#include "timers.h"

#include <errno.h>
#include <stdlib.h>

void
timers_release(struct timers *ts)
{
	free(ts->heap);
	ts->heap = NULL;
	ts->count = ts->cap = 0;
}

static void
place(struct timers *ts, size_t i, struct timer *t)
{
	ts->heap[i] = t;
	t->slot = i + 1;
}

static void
sift_up(struct timers *ts, size_t i, struct timer *t)
{
	while (i > 0 && ts->heap[(i - 1) / 2]->when > t->when) {
		place(ts, i, ts->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	place(ts, i, t);
}

static void
sift_down(struct timers *ts, size_t i, struct timer *t)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= ts->count)
			break;
		if (child + 1 < ts->count &&
		    ts->heap[child + 1]->when < ts->heap[child]->when)
			child++;
		if (ts->heap[child]->when >= t->when)
			break;
		place(ts, i, ts->heap[child]);
		i = child;
	}
	place(ts, i, t);
}

static int
heap_room(struct timers *ts)
{
	size_t cap = ts->cap ? ts->cap * 2 : 64;
	struct timer **heap;

	if (ts->count < ts->cap)
		return 0;
	heap = realloc(ts->heap, cap * sizeof(struct timer *));
	if (heap == NULL)
		return -ENOMEM;
	ts->heap = heap;
	ts->cap = cap;
	return 0;
}

int
timer_set(struct timers *ts, struct timer *t, uint64_t when)
{
	int err;

	timer_clear(ts, t);
	err = heap_room(ts);
	if (err)
		return err;
	t->when = when;
	ts->sets++;
	sift_up(ts, ts->count++, t);
	return 0;
}

void
timer_clear(struct timers *ts, struct timer *t)
{
	size_t i = t->slot;
	struct timer *moved;

	if (i-- == 0)
		return;
	t->slot = 0;
	moved = ts->heap[--ts->count];
	if (moved == t)
		return;
	if (i > 0 && ts->heap[(i - 1) / 2]->when > moved->when)
		sift_up(ts, i, moved);
	else
		sift_down(ts, i, moved);
}

void
timers_run(struct timers *ts, uint64_t now)
{
	while (timers_next(ts) <= now) {
		struct timer *t = ts->heap[0];

		timer_clear(ts, t);
		t->fire(t, now);
	}
}
