/*
 * The event loop under every worker: see loop.h. One epoll wait per pass;
 * the clock is read once per pass.
 */
#include "loop.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "kernel.h"
#include "tally.h"

enum {
	EVENTS_PER_WAIT = 128,
	COARSE_MS = 10000,	/* a deadline beyond that is waited for in parts */
};

static void
wake_ready(struct loop_io *io, uint32_t events)
{
	struct loop *l = (struct loop *)((char *)io -
	    offsetof(struct loop, wake));
	uint64_t count;

	(void)events;
	fd_read(io->fd, &count, sizeof(count));
	if (l->woken != NULL)
		l->woken(l);
}

int
loop_init(struct loop *l)
{
	int fd;

	memset(l, 0, sizeof(*l));
	l->wake.fd = -1;
	l->wake.ready = wake_ready;
	l->now = clock_ns();
	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epfd < 0)
		return -errno;
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0 || loop_add(l, &l->wake, fd, EPOLLIN, 0) != 0) {
		int err = -errno;

		fd_close(fd);
		fd_close(l->epfd);
		l->epfd = l->wake.fd = -1;
		return err;
	}
	return 0;
}

void
loop_release(struct loop *l)
{
	fd_close(l->wake.fd);
	fd_close(l->epfd);
	timers_release(&l->timers);
}

int
loop_add(struct loop *l, struct loop_io *io, int fd, uint32_t events,
    uint32_t flags)
{
	struct epoll_event ev = { .events = events | flags, .data.ptr = io };

	if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, fd, &ev) < 0)
		return -errno;
	io->fd = fd;
	io->events = events;
	return 0;
}

int
loop_mod(struct loop *l, struct loop_io *io, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = io };

	if (io->events == events)
		return 0;
	if (epoll_ctl(l->epfd, EPOLL_CTL_MOD, io->fd, &ev) < 0)
		return -errno;
	io->events = events;
	l->changes++;
	return 0;
}

void
loop_del(struct loop *l, struct loop_io *io)
{
	if (io->fd < 0)
		return;
	epoll_ctl(l->epfd, EPOLL_CTL_DEL, io->fd, NULL);
	io->fd = -1;
	l->changes++;
	for (int i = 0; i < l->nready; i++)
		if (l->ready[i].data.ptr == io)
			l->ready[i].data.ptr = NULL;
}

/* To the millisecond: where that is fine, and before Linux 5.11. */
static int
coarse_wait(struct loop *l, struct epoll_event *events, int ms)
{
	long n = kernel_call6(SYS_epoll_pwait, l->epfd, (long)events,
	    EVENTS_PER_WAIT, ms, 0, 0);

	kernel_called(0);
	return (int)n;
}

/*
 * To the nanosecond: rounded to a millisecond a short delay would take twenty
 * times as long as a call.
 */
static __attribute__((noinline)) int
fine_wait(struct loop *l, struct epoll_event *events, uint64_t left)
{
	struct timespec ts = {
		.tv_sec = (time_t)(left / NS_PER_S),
		.tv_nsec = (long)(left % NS_PER_S),
	};
	long n = l->coarse ? -ENOSYS : kernel_call6(SYS_epoll_pwait2, l->epfd,
	    (long)events, EVENTS_PER_WAIT, (long)&ts, 0, 0);

	kernel_called(0);
	if (n == -ENOSYS) {
		l->coarse = true;
		return coarse_wait(l, events,
		    (int)((left + NS_PER_MS - 1) / NS_PER_MS));
	}
	return (int)n;
}

/* A far deadline is reached in steps; only the last one has to be fine. */
static int
loop_wait(struct loop *l, struct epoll_event *events, uint64_t now,
    uint64_t until)
{
	if (until <= now)
		return coarse_wait(l, events, 0);
	if (until - now > 2 * COARSE_MS * NS_PER_MS)
		return coarse_wait(l, events,
		    until == UINT64_MAX ? -1 : COARSE_MS);
	return fine_wait(l, events, until - now);
}

/*
 * Others have their turns meanwhile. Events that were found before one of
 * them stopped watching may be of an owner that is gone; those that still
 * hold are found again.
 */
static __attribute__((noinline)) int
wait_in_turns(struct loop *l, struct epoll_event *events, uint64_t until)
{
	struct turns *turns = l->turns;
	unsigned changes = l->changes;
	uint64_t now = l->now;
	int n;

	turns_give(turns);
	n = loop_wait(l, events, now, until);
	turns_take(turns);
	return n > 0 && l->changes != changes ? 0 : n;
}

static void
handle_events(struct loop *l, struct epoll_event *events, int n)
{
	l->ready = events;
	l->nready = n;
	while (l->nready > 0) {
		struct loop_io *io = l->ready->data.ptr;
		uint32_t what = l->ready->events;

		l->ready++;
		l->nready--;
		if (io != NULL)
			io->ready(io, what);
	}
}

static void
end_pass(struct loop *l)
{
	if (l->pass_due && l->pass != NULL) {
		l->pass_due = false;
		l->pass(l);
	}
}

void
loop_end_pass(struct loop *l)
{
	uint64_t next;

	l->now = clock_ns();
	end_pass(l);
	l->sets = l->timers.sets;
	next = l->pass_due || l->stop ? 0 : timers_next(&l->timers);
	if (next < l->until) {
		l->until = next;
		loop_wake(l);
	}
}

int
loop_run(struct loop *l)
{
	struct epoll_event events[EVENTS_PER_WAIT];
	int n;

	l->leave = false;
	/* Others may have had the turn for long, and not looked. */
	l->now = clock_ns();
	while (!l->stop) {
		bool busy = l->idle != NULL && l->idle(l);

		if (l->leave)
			break;
		l->until = busy || l->pass_due ? 0 : timers_next(&l->timers);
		l->sets = l->timers.sets;
		tally_add(&l->waits, 1);
		n = l->turns != NULL ? wait_in_turns(l, events, l->until) :
		    loop_wait(l, events, l->now, l->until);
		/* Stopped and continued: what came meanwhile goes before the
		 * deadlines that passed. */
		if (n == -EINTR)
			n = coarse_wait(l, events, 0);
		l->now = clock_ns();
		if (n > 0)
			handle_events(l, events, n);
		else if (n < 0 && n != -EINTR)
			return n;
		timers_run(&l->timers, l->now);
		end_pass(l);
	}
	return 0;
}

void
loop_wake(struct loop *l)
{
	uint64_t one = 1;
	ssize_t n = write(l->wake.fd, &one, sizeof(one));

	kernel_called(n);
	(void)n;	/* EAGAIN: it has been woken often enough already */
}
