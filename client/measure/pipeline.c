/*
 * The pipelined load: see pipeline.h. Called by load.c.
 */
#include "measure/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "clock.h"
#include "conn_large.h"
#include "conn_window.h"
#include "fd.h"
#include "interrupt.h"
#include "measure/alike.h"
#include "measure/line_events.h"
#include "measure/pace.h"
#include "measure/schedule.h"
#include "measure/under_way.h"

struct pipeline {
	const struct load *load;
	const struct recorder *rec;
	struct work *work;
	struct call_head head;
	struct line *lines;
	struct line *unsent;	/* the first of those with calls queued */
	unsigned nlines;
	struct line_queue free;	/* open loop: that may have another call */
	unsigned under_way, most;
	struct alike alike;
	struct schedule schedule;
	uint64_t start, end;
	uint64_t room_at;	/* when the last full moment was over */
	uint64_t answered;	/* when the last answer came */
	uint64_t now;		/* the clock when it was last read */
	uint64_t look_at;	/* before that no call is overdue */
	int epoll;
};

static bool
open_loop(const struct pipeline *p)
{
	return p->load->rate > 0;
}

static int
queue_call(struct pipeline *p, struct line *l, uint64_t due, uint64_t now)
{
	const struct request *rq;

	p->work->connection = l->number;
	rq = work_next(p->work);
	if (rq == NULL)
		return -ERANGE;
	line_begin(l, rq, due, now);
	p->under_way++;
	p->rec->tally->calls++;
	p->head.proc = rq->proc;
	/* What is made anew for each call must be copied. */
	if (rq->args_len < CONN_LARGE || p->work->ops->freshen != NULL)
		return conn_queue(l->conn, &p->head, rq->args, rq->args_len);
	return conn_lend(l->conn, &p->head, rq->args, rq->args_len);
}

static int
send_line(struct pipeline *p, struct line *l)
{
	int err = conn_send(l->conn);

	return err ? err : line_watch_out(p->epoll, l);
}

/* Closed loop. */
__attribute__((flatten)) static int
fill(struct pipeline *p, struct line *l)
{
	p->now = clock_ns();
	while (l->under_way < p->load->outstanding) {
		int err = queue_call(p, l, p->now, p->now);

		if (err)
			return err;
	}
	return send_line(p, l);
}

/* Open loop: a call on the next line in turn that may have another. */
static int
queue_due(struct pipeline *p, uint64_t due, uint64_t now)
{
	struct line *l = line_queue_take(&p->free);
	int err = queue_call(p, l, due, now);

	if (l->under_way < p->load->outstanding)
		line_queue_add(&p->free, l);
	if (!l->unsent) {
		l->unsent = true;
		l->next_unsent = p->unsent;
		p->unsent = l;
	}
	return err;
}

/* Open loop: all calls that are due leave, as far as there is room. */
static int
send_due(struct pipeline *p)
{
	struct schedule *s = &p->schedule;
	uint64_t now = clock_ns();
	int err = 0;

	while (err == 0 && s->due <= now && s->due < p->end &&
	    p->under_way < p->most) {
		paced_sent(p->rec->paced, s->due, now, s->due < p->room_at);
		err = queue_due(p, s->due, now);
		schedule_advance(s);
		now = clock_ns();
	}
	while (err == 0 && p->unsent != NULL) {
		struct line *l = p->unsent;

		p->unsent = l->next_unsent;
		l->unsent = false;
		err = send_line(p, l);
	}
	return err;
}

static void
end_call(struct pipeline *p, struct line *l, struct call *c)
{
	if (p->under_way == p->most)
		p->room_at = p->now;
	if (open_loop(p) && l->under_way == p->load->outstanding)
		line_queue_add(&p->free, l);
	p->under_way--;
	line_end(l, c);
}

static int
take(struct pipeline *p, struct line *l, const struct reply *r)
{
	struct call *c = line_find(l, r->xid);
	const struct request *rq;
	const char *why;

	if (c == NULL)
		/* One that was given up as lost, and was only late. */
		return l->conn->link.datagram || p->rec->tally->lost > 0 ? 0 :
		    -EBADMSG;
	alike_add(&p->alike, p->rec, c->due, c->sent, p->now);
	rq = c->rq;
	end_call(p, l, c);
	why = work_wrong(p->work, rq, r);
	if (why != NULL)
		row_void(p->rec->row, why);
	return 0;
}

/* Takes what comes in one read, at one moment: 1, 0 where nothing did. */
static int
take_read(struct pipeline *p, struct line *l)
{
	struct reply r;
	int n = conn_poll(l->conn, &r);

	if (n != 1)
		return n;
	p->answered = p->now = clock_ns();
	while (n == 1) {
		n = take(p, l, &r);
		if (n == 0 && l->under_way > 0)
			n = conn_next(l->conn, &r);
	}
	alike_end(&p->alike, p->rec, p->now);
	return n < 0 ? n : 1;
}

/* Takes all replies that have come on l. */
__attribute__((flatten)) static int
drain(struct pipeline *p, struct line *l)
{
	int n;

	/* Datagrams may come in many reads. */
	do
		n = take_read(p, l);
	while (n == 1 && l->under_way > 0 && l->conn->link.datagram);
	return n < 0 ? n : conn_leave_window(l->conn);
}

static void
give_up_line(struct pipeline *p, struct line *l, uint64_t *oldest)
{
	for (uint32_t i = 0; l->under_way > 0 && i <= l->mask; i++) {
		struct call *c = &l->calls[i];

		if (c->sent == 0)
			continue;
		if (c->sent + p->load->timeout_ns <= p->now) {
			record_lost(p->rec, c->due, c->sent, p->now);
			end_call(p, l, c);
		} else if (c->sent < *oldest) {
			*oldest = c->sent;
		}
	}
}

static bool
over(const struct pipeline *p)
{
	return p->now >= p->end &&
	    p->rec->tally->calls >= p->rec->tally->calls_min;
}

/* Datagrams that were lost, or a server that hangs: others take their place,
 * for which in a closed loop no answer would ask. */
static int
give_up(struct pipeline *p)
{
	uint64_t oldest = p->now;
	int err = 0;

	if (p->now < p->look_at)
		return 0;
	for (unsigned i = 0; i < p->nlines && err == 0; i++) {
		give_up_line(p, &p->lines[i], &oldest);
		if (!open_loop(p) && !over(p))
			err = fill(p, &p->lines[i]);
	}
	p->look_at = oldest + p->load->timeout_ns;
	return err;
}

/* When the next call may leave; UINT64_MAX: not before an answer came. */
static uint64_t
next_due(const struct pipeline *p)
{
	return open_loop(p) && p->schedule.due < p->end &&
	    p->under_way < p->most ? p->schedule.due : UINT64_MAX;
}

/* As line_events(), until it is time for the next call. */
static int
await(struct pipeline *p, struct epoll_event *events)
{
	/* In a closed loop it only says how long there may be nothing. */
	uint64_t now = open_loop(p) ? clock_ns() : p->now;
	uint64_t due = next_due(p), wake = due, slept = 0;
	int n;

	if (due != UINT64_MAX)
		wake -= p->load->spin_ns;
	if (p->under_way > 0 && p->look_at < wake)
		wake = p->look_at;
	if (wake > now)
		return line_events(p->epoll, wake - now, events);
	if (p->under_way == 0 && due != UINT64_MAX) {
		n = pace_until(due, p->load->spin_ns, &slept);
		p->rec->tally->between_ns += clock_ns() - now;
		return n;
	}
	n = line_events(p->epoll, 0, events);
	if (n == 0)
		p->rec->tally->polled_ns += clock_ns() - now;
	return n;
}

static int
serve(struct pipeline *p, const struct epoll_event *e)
{
	struct line *l = &p->lines[e->data.u32];
	int err = 0;

	if (e->events & EPOLLOUT) {
		err = chan_flush(&l->conn->chan);
		err = err == -EAGAIN ? 0 : err;
		if (err == 0)
			err = line_watch_out(p->epoll, l);
	}
	if (err == 0 && e->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		err = drain(p, l);
	if (err == 0 && !open_loop(p) && !over(p))
		err = fill(p, l);
	return err;
}

/* Waits for something, and does what there is to do. */
static int
step(struct pipeline *p)
{
	struct epoll_event events[LINE_EVENTS];
	uint64_t then = p->now;
	int n = await(p, events), err = 0;

	if (n < 0)
		return n;
	for (int i = 0; i < n && err == 0; i++)
		err = serve(p, &events[i]);
	if (interrupt_signal() != 0)
		return -EINTR;
	/* Nothing came, or nothing that is an answer. */
	if (p->now == then)
		p->now = clock_ns();
	return err ? err : give_up(p);
}

static int
run_closed(struct pipeline *p)
{
	int err = 0;

	for (unsigned i = 0; i < p->nlines && err == 0; i++)
		err = fill(p, &p->lines[i]);
	while (err == 0 && p->under_way > 0)
		err = step(p);
	return err;
}

static int
run_open(struct pipeline *p)
{
	struct schedule *s = &p->schedule;
	int err = 0;

	for (unsigned i = 0; i < p->nlines; i++)
		line_queue_add(&p->free, &p->lines[i]);
	schedule_init(s, p->load->rate, p->load->poisson, p->load->seed,
	    p->start);
	while (err == 0 && (s->due < p->end || p->under_way > 0)) {
		err = send_due(p);
		if (err == 0 && p->under_way == p->most &&
		    clock_ns() >= p->end)
			for (; s->due < p->end; schedule_advance(s))
				record_unsent(p->rec, s->due, clock_ns());
		if (err == 0)
			err = step(p);
	}
	return err;
}

static int
run(struct pipeline *p, uint64_t ns)
{
	int err;

	p->start = p->answered = p->now = clock_ns();
	p->end = p->start + ns;
	err = open_loop(p) ? run_open(p) : run_closed(p);
	/* A rate is over time, also where the last answer came before that;
	 * but not over the time that an answer was waited for in vain. */
	if (open_loop(p) && p->answered < p->end)
		p->answered = p->end;
	p->rec->tally->busy_ns = p->answered - p->start;
	return err;
}

static int
set_up(struct pipeline *p, struct conn *const *conns)
{
	int err = 0;

	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (p->epoll < 0)
		return -errno;
	p->lines = calloc(p->nlines, sizeof(*p->lines));
	if (p->lines == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < p->nlines && err == 0; i++) {
		struct line *l = &p->lines[i];

		l->conn = conns[i];
		l->number = i;
		err = line_allocate(l, p->load->outstanding);
		if (err == 0)
			err = line_watch(p->epoll, l);
	}
	return err;
}

int
pipeline_run(const struct load *load, struct conn *const *conns, unsigned n,
    struct work *w, uint64_t ns, const struct recorder *rec)
{
	struct pipeline p = {
		.load = load, .rec = rec, .work = w, .nlines = n,
		.head = { .prog = w->prog, .vers = w->vers },
		.most = n * load->outstanding,
	};
	int err = set_up(&p, conns);

	if (err == 0)
		err = run(&p, ns);
	for (unsigned i = 0; p.lines != NULL && i < n; i++)
		free(p.lines[i].calls);
	free(p.lines);
	fd_close(p.epoll);
	return err;
}
