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

enum { EVENTS_PER_WAIT = 128 };

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
	return 0;
}

void
loop_del(struct loop *l, struct loop_io *io)
{
	if (io->fd < 0)
		return;
	epoll_ctl(l->epfd, EPOLL_CTL_DEL, io->fd, NULL);
	io->fd = -1;
	for (int i = 0; i < l->nready; i++)
		if (l->ready[i].data.ptr == io)
			l->ready[i].data.ptr = NULL;
}

/*
 * Sleeps to the nanosecond where the kernel can: a millisecond's rounding
 * would be twenty times the cost of a call.
 */
static int
loop_wait(struct loop *l, struct epoll_event *events, uint64_t until)
{
	uint64_t left = until > l->now ? until - l->now : 0;
	struct timespec ts = {
		.tv_sec = (time_t)(left / NS_PER_S),
		.tv_nsec = (long)(left % NS_PER_S),
	};
	int n;

	l->waits++;
	n = epoll_pwait2(l->epfd, events, EVENTS_PER_WAIT,
	    until == UINT64_MAX ? NULL : &ts, NULL);
	if (n < 0 && errno == ENOSYS) {
		uint64_t ms = (left + NS_PER_MS - 1) / NS_PER_MS;

		n = epoll_wait(l->epfd, events, EVENTS_PER_WAIT,
		    until == UINT64_MAX ? -1 : ms > INT32_MAX ? INT32_MAX :
		    (int)ms);
	}
	return n < 0 ? -errno : n;
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

int
loop_run(struct loop *l)
{
	struct epoll_event events[EVENTS_PER_WAIT];
	int n;

	while (!l->stop) {
		uint64_t until = timers_next(&l->timers);

		if (until > l->now && l->idle != NULL && l->idle(l))
			until = 0;
		n = loop_wait(l, events, until);
		if (n < 0 && n != -EINTR)
			return n;
		l->now = clock_ns();
		handle_events(l, events, n < 0 ? 0 : n);
		timers_run(&l->timers, l->now);
		if (l->pass != NULL)
			l->pass(l);
	}
	return 0;
}

void
loop_wake(struct loop *l)
{
	uint64_t one = 1;
	ssize_t n = write(l->wake.fd, &one, sizeof(one));

	(void)n;	/* EAGAIN: it has been woken often enough already */
}
