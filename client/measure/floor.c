/*
 * The floor rows of a comparison, see floor.h. Called by the measuring loop,
 * in the same interleaved rounds as the mechanisms they are held against.
 *
 * Big messages cannot deadlock: the responder answers only after a message is
 * in completely, so at any time one end writes and the other one reads.
 */
#include "measure/floor.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure/child.h"
#include "measure/pair.h"

enum {
	FLOOR_TIMEOUT_S = 5,		/* for a datagram that got lost */
	FLOOR_SPIN_MAX = 1 << 26,	/* empty polls in a row, some 15 s */
	FLOOR_STOP_MS = 1000,
};

/*
 * What to make of a transfer that moved nothing: 0 to try again. A blocking
 * end sees EAGAIN only from SO_RCVTIMEO.
 */
static int
transfer_failed(const struct floor *f, ssize_t n, uint32_t *polls)
{
	if (n == 0)
		return -EPIPE;
	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN)
		return -errno;
	if (f->forever || (f->spin && ++*polls < FLOOR_SPIN_MAX))
		return 0;
	return -ETIMEDOUT;
}

static int
message_write(const struct floor *f, const uint8_t *buf, uint32_t size)
{
	uint32_t done = 0, polls = 0;

	while (done < size) {
		ssize_t n = write(f->wfd, buf + done, size - done);
		int err = n > 0 ? 0 : transfer_failed(f, n, &polls);

		if (err < 0)
			return err;
		if (n > 0)
			done += (uint32_t)n;
	}
	return 0;
}

static int
message_read(const struct floor *f, uint8_t *buf, uint32_t size)
{
	uint32_t done = 0, polls = 0;

	while (done < size) {
		ssize_t n = read(f->rfd, buf + done, size - done);
		int err = n > 0 ? 0 : transfer_failed(f, n, &polls);

		if (err < 0)
			return err;
		if (n > 0)
			done += (uint32_t)n;
	}
	return 0;
}

static void
respond(const struct floor *f, uint8_t *buf)
{
	while (message_read(f, buf, f->out) == 0 &&
	    message_write(f, buf, f->back) == 0)
		continue;
}

static int
modes_set(const struct floor *f, const struct end ends[2])
{
	struct timeval limit = { .tv_sec = FLOOR_TIMEOUT_S };
	int err;

	/* Every other kind says by itself that its peer is gone. */
	if (pair_max(f->name) != UINT32_MAX && setsockopt(ends[0].rfd,
	    SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0)
		return -errno;
	if (!f->spin)
		return 0;
	err = end_set_nonblock(&ends[0], 1);
	return err < 0 ? err : end_set_nonblock(&ends[1], 1);
}

/* Forks the responder on *e; buf is its memory: it need not allocate. */
static pid_t
responder_start(const struct floor *f, const struct end *e, uint8_t *buf)
{
	struct floor peer = *f;
	pid_t pid = child_fork();

	if (pid != 0)
		return pid;
	child_keep_fds(e->rfd, e->wfd);
	peer.rfd = e->rfd;
	peer.wfd = e->wfd;
	peer.forever = true;
	respond(&peer, buf);
	_exit(0);
}

static int
floor_connect(struct floor *f, uint8_t *buf, int server_cpu)
{
	struct end ends[2];
	int err = pair_open(f->name, ends);

	if (err < 0)
		return err;
	err = modes_set(f, ends);
	if (err == 0) {
		f->pid = responder_start(f, &ends[1], buf);
		err = f->pid < 0 ? f->pid : child_pin(f->pid, server_cpu);
	}
	end_close(&ends[1]);
	f->rfd = ends[0].rfd;
	f->wfd = ends[0].wfd;
	if (err < 0)
		floor_stop(f);
	return err;
}

int
floor_start(struct floor *f, const char *kind, uint32_t out, uint32_t back,
    int server_cpu, bool spin)
{
	uint32_t larger;
	uint8_t *buf;
	int err;

	*f = (struct floor){ .name = pair_kind(kind), .rfd = -1, .wfd = -1,
	    .out = out > 0 ? out : 1, .back = back > 0 ? back : 1,
	    .spin = spin };
	larger = f->out > f->back ? f->out : f->back;
	if (f->name == NULL)
		return -EPROTONOSUPPORT;
	if (larger > pair_max(kind))
		return -EMSGSIZE;
	buf = calloc(1, larger);
	if (buf == NULL)
		return -ENOMEM;
	err = floor_connect(f, buf, server_cpu);
	free(buf);
	return err;
}

int
floor_call(struct floor *f, const uint8_t *send, uint8_t *recv)
{
	int err = message_write(f, send, f->out);

	return err < 0 ? err : message_read(f, recv, f->back);
}

void
floor_stop(struct floor *f)
{
	struct end ours = { .rfd = f->rfd, .wfd = f->wfd };

	end_close(&ours);
	f->rfd = f->wfd = -1;
	child_stop(f->pid, FLOOR_STOP_MS);
	f->pid = 0;
}
