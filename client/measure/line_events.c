/*
 * Waiting for many connections: see line_events.h.
 */
#include "measure/line_events.h"

#include <errno.h>
#include <poll.h>

#include "clock.h"
#include "kernel.h"

static int
watch(int epoll, int op, int fd, uint32_t events, unsigned line)
{
	struct epoll_event e = { .events = events, .data.u32 = line };

	kernel_called(0);
	return epoll_ctl(epoll, op, fd, &e) < 0 ? -errno : 0;
}

int
line_watch(int epoll, struct line *l)
{
	return watch(epoll, EPOLL_CTL_ADD, l->conn->link.rfd, EPOLLIN,
	    l->number);
}

int
line_watch_out(int epoll, struct line *l)
{
	const struct link *k = &l->conn->link;
	bool wanted = chan_queued(&l->conn->chan) > 0;

	if (wanted == l->watches_out)
		return 0;
	l->watches_out = wanted;
	if (k->rfd == k->wfd)
		return watch(epoll, EPOLL_CTL_MOD, k->rfd,
		    EPOLLIN | (wanted ? EPOLLOUT : 0), l->number);
	return watch(epoll, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, k->wfd,
	    EPOLLOUT, l->number);
}

int
line_events(int epoll, uint64_t ns, struct epoll_event *events)
{
	struct pollfd any = { .fd = epoll, .events = POLLIN };
	struct timespec ts = { .tv_nsec = (long)ns };
	int n;

	/* Milliseconds first, rounded down; then what is left of one. */
	if (ns > 0 && ns < NS_PER_MS) {
		kernel_called(0);
		ppoll(&any, 1, &ts, NULL);
	}
	kernel_called(0);
	n = epoll_wait(epoll, events, LINE_EVENTS,
	    ns < NS_PER_MS ? 0 : (int)(ns / NS_PER_MS));
	return n < 0 && errno != EINTR ? -errno : n < 0 ? 0 : n;
}
