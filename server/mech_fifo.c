/*
 * Named pipes: a control FIFO on which clients announce themselves, and a
 * pair of FIFOs per session, made here and opened by both. common/fifo.h has
 * the names and the hello; all of this runs in the first worker, which deals
 * the finished sessions out to all.
 *
 * A session is made under a name that clients do not look for, ahead of its
 * client, and renamed when that comes, with both of our ends open, so that
 * whoever sees it can open it and is done. We are when its first bytes come; a client that has
 * opened it and is silent is seen by looking, now and then.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "fifo.h"
#include "log.h"
#include "server/fifo_dir.h"
#include "server/fifo_session.h"
#include "server/server.h"
#include "server/worker.h"

enum {
	HELLOS = 16,		/* read at once */
	OPEN_MS = 2000,		/* for the client to open its session */
	LOOK_MS = 10,		/* from one look for that to the next */
	SPARE_MS = 2,		/* its first call goes before the next session */
	PATH_SIZE = TARGET_PATH_MAX + 64,
};

/* The control FIFO. */
struct fifo_ctl {
	struct loop_io io;
	struct server *server;
	struct worker *worker;
	struct endpoint *endpoint;
	const char *dir;	/* the endpoint's */
	int probe[2];		/* a pipe that takes what tee(2) copies */
	int writer;		/* our own: else EOF, then endless EPOLLHUP */
	struct list opening;	/* sessions that the client has not opened */
	struct timer later;	/* makes a spare session, ... */
	bool has_spare;		/* ... which is there */
	size_t have;
	uint8_t buffer[HELLOS * FIFO_HELLO_SIZE];
};

/* A session that the client has not opened yet. */
struct opening {
	struct loop_io io;	/* its "in": data or a hang-up */
	struct timer timer;
	struct list link;
	struct fifo_ctl *ctl;
	uint64_t deadline;
	int out;		/* our end of "out" */
	char *path;
};

static void
remove_session(const char *path)
{
	fifo_dir_remove_session(AT_FDCWD, path);
}

/* Ends the wait; the session is given up where path is still there. */
static void
opening_free(struct opening *o)
{
	struct worker *w = o->ctl->worker;
	int in = o->io.fd;

	timer_clear(&w->loop.timers, &o->timer);
	loop_del(&w->loop, &o->io);
	list_remove(&o->link);
	if (o->path != NULL) {
		fd_close(in);
		fd_close(o->out);
		atomic_fetch_sub(&o->ctl->server->fifo_sessions, 1);
		remove_session(o->path);
		free(o->path);
	}
	free(o);
}

static void
adopt(struct opening *o)
{
	struct origin origin = {
		.mech = MECH_ID_fifo,
		.netid = o->ctl->endpoint->netid,
		.identity = IDENTITY_FIFO,
		/* Only who has our uid can open a control FIFO of mode 0600. */
		.uid = geteuid(),
	};
	struct server *s = o->ctl->server;
	int in = o->io.fd, out = o->out;
	char *path = o->path;

	addr_unix(&origin.remote, o->ctl->endpoint->target.path);
	fifo_enlarge(in);
	fifo_enlarge(out);
	o->path = NULL;
	opening_free(o);
	if (server_adopt(s, NULL, in, out, &origin, path) != 0) {
		atomic_fetch_sub(&s->fifo_sessions, 1);
		remove_session(path);
		free(path);
	}
}

static int
look_later(struct opening *o)
{
	return timer_set(&o->ctl->worker->loop.timers, &o->timer,
	    clock_ns() + LOOK_MS * NS_PER_MS);
}

/*
 * Has the client opened "in"? A FIFO without data and without a writer copies
 * nothing, one with a writer says EAGAIN; read(2) would say so too, but take
 * a byte that comes just then.
 */
static bool
in_is_open(const struct opening *o)
{
	ssize_t n = tee(o->io.fd, o->ctl->probe[1], 1, SPLICE_F_NONBLOCK);
	uint8_t byte;

	if (n > 0)
		fd_read(o->ctl->probe[0], &byte, 1);
	return n > 0 || (n < 0 && errno == EAGAIN);
}

/* Looks whether the client has opened both: "out" first, then "in". */
static void
look(struct opening *o, uint64_t now, bool hung_up)
{
	if (in_is_open(o)) {
		adopt(o);
		return;
	}
	if (hung_up || now >= o->deadline) {
		log_event(LOG_LEVEL_INFO, "fifo-not-opened", "path=\"%s\"",
		    o->path);
		events_add(&o->ctl->server->events, EVENT_FIFO_NOT_OPENED);
		opening_free(o);
		return;
	}
	if (look_later(o) != 0)
		opening_free(o);
}

static void
opening_timer(struct timer *t, uint64_t now)
{
	look(container_of(t, struct opening, timer), now, false);
}

static void
opening_ready(struct loop_io *io, uint32_t events)
{
	struct opening *o = container_of(io, struct opening, io);

	/* Looked at by the timer from now on: data stays readable. */
	loop_mod(&o->ctl->worker->loop, io, 0);
	look(o, o->ctl->worker->loop.now,
	    (events & (EPOLLIN | EPOLLHUP)) == EPOLLHUP);
}

static int
wait_for_client(struct fifo_ctl *ctl, const char *path, const int ends[2])
{
	struct opening *o = calloc(1, sizeof(*o));
	struct loop *l = &ctl->worker->loop;

	if (o == NULL || (o->path = strdup(path)) == NULL) {
		free(o);
		return -ENOMEM;
	}
	o->ctl = ctl;
	o->io.ready = opening_ready;
	o->timer.fire = opening_timer;
	o->out = ends[FIFO_OUT];
	o->deadline = clock_ns() + OPEN_MS * NS_PER_MS;
	list_init(&o->link);
	if (loop_add(l, &o->io, ends[FIFO_IN], EPOLLIN, 0) != 0 ||
	    look_later(o) != 0) {
		loop_del(l, &o->io);
		free(o->path);
		free(o);
		return -ENOMEM;
	}
	list_append(&ctl->opening, &o->link);
	return 0;
}

/* The spare one, if there is, or one that is made now. */
static int
show_session(struct fifo_ctl *ctl, const char *shown, int ends[2])
{
	char hidden[PATH_SIZE + 4];
	int err = -ENOENT;

	if (ctl->has_spare) {
		fifo_dir_spare(hidden, sizeof(hidden), ctl->dir);
		err = fifo_session_show(hidden, shown, ends);
	}
	ctl->has_spare = false;
	if (err != -ENOENT)
		return err;
	snprintf(hidden, sizeof(hidden), "%s.new", shown);
	err = fifo_session_make(hidden);
	return err ? err : fifo_session_show(hidden, shown, ends);
}

static int
open_session(struct fifo_ctl *ctl, const uint8_t *nonce)
{
	char shown[PATH_SIZE];
	int ends[2];
	int err = fifo_session_path(shown, sizeof(shown), ctl->dir, nonce, "");

	if (err == 0)
		err = show_session(ctl, shown, ends);
	if (err)
		return err;
	err = wait_for_client(ctl, shown, ends);
	if (err) {
		fifo_session_close(ends);
		remove_session(shown);
	}
	return err;
}

/*
 * Making a session takes longer than all else that its client waits for: it
 * is made ahead, when the one before has been given away. Without a spare one
 * clients only wait longer.
 */
static void
make_spare(struct timer *t, uint64_t now)
{
	struct fifo_ctl *ctl = container_of(t, struct fifo_ctl, later);
	char path[PATH_SIZE];

	(void)now;
	fifo_dir_spare(path, sizeof(path), ctl->dir);
	ctl->has_spare = fifo_session_make(path) == 0;
}

static void
hello(void *arg, const uint8_t nonce[FIFO_NONCE_SIZE])
{
	struct fifo_ctl *ctl = arg;
	struct server *s = ctl->server;
	int err = -EMFILE;

	if (atomic_fetch_add(&s->fifo_sessions, 1) < s->limits.fifo_sessions)
		err = open_session(ctl, nonce);
	if (!ctl->has_spare)
		timer_set(&ctl->worker->loop.timers, &ctl->later,
		    clock_ns() + SPARE_MS * NS_PER_MS);
	if (err == 0)
		return;
	atomic_fetch_sub(&s->fifo_sessions, 1);
	events_add(&s->events, EVENT_FIFO_REFUSED);
	log_event(LOG_LEVEL_WARN, "fifo-refused", "why=\"%s\"",
	    err == -EMFILE ? "limit of sessions" : strerror(-err));
}

static void
ctl_ready(struct loop_io *io, uint32_t events)
{
	struct fifo_ctl *ctl = container_of(io, struct fifo_ctl, io);
	ssize_t n = fd_read(io->fd, ctl->buffer + ctl->have,
	    sizeof(ctl->buffer) - ctl->have);

	(void)events;
	if (n <= 0)
		return;
	ctl->have = fifo_hellos_take(ctl->buffer, ctl->have + (size_t)n,
	    hello, ctl);
}

static int
open_ctl(struct fifo_ctl *ctl, const char *dir)
{
	char path[PATH_SIZE];
	int fd;

	snprintf(path, sizeof(path), "%s/ctl", dir);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	ctl->writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC |
	    O_NOFOLLOW);
	if (ctl->writer < 0) {
		int err = -errno;

		fd_close(fd);
		return err;
	}
	return loop_add(&ctl->worker->loop, &ctl->io, fd, EPOLLIN, 0);
}

static void
ctl_free(struct fifo_ctl *ctl)
{
	fd_close(ctl->writer);
	fd_close(ctl->probe[0]);
	fd_close(ctl->probe[1]);
	free(ctl);
}

static int
fifo_open(struct server *s, struct endpoint *e)
{
	struct fifo_ctl *ctl;
	int err = fifo_dir_prepare(e->target.path);

	if (err)
		return err;
	ctl = calloc(1, sizeof(*ctl));
	if (ctl == NULL)
		return -ENOMEM;
	ctl->server = s;
	ctl->worker = &s->workers[0];
	ctl->endpoint = e;
	ctl->dir = e->target.path;
	ctl->later.fire = make_spare;
	ctl->io.ready = ctl_ready;
	ctl->io.fd = ctl->writer = -1;
	if (pipe2(ctl->probe, O_CLOEXEC | O_NONBLOCK) < 0) {
		err = -errno;
		free(ctl);
		return err;
	}
	list_init(&ctl->opening);
	e->state = ctl;
	snprintf(e->uaddr, sizeof(e->uaddr), "%s", e->target.path);
	err = open_ctl(ctl, e->target.path);
	if (err)
		ctl_free(ctl);
	else
		make_spare(&ctl->later, 0);
	return err;
}

static void
fifo_quiet(struct endpoint *e, struct worker *w)
{
	struct fifo_ctl *ctl = e->state;
	int fd;

	if (w != ctl->worker)
		return;
	fd = ctl->io.fd;
	if (fd < 0)
		return;
	timer_clear(&w->loop.timers, &ctl->later);
	loop_del(&w->loop, &ctl->io);
	fd_close(fd);
	while (!list_empty(&ctl->opening))
		opening_free(container_of(ctl->opening.next, struct opening,
		    link));
}

static void
fifo_close(struct endpoint *e)
{
	struct fifo_ctl *ctl = e->state;

	fd_close(ctl->io.fd);
	ctl_free(ctl);
	fifo_dir_clean(e->target.path);
}

const struct mech mech_fifo = {
	.open = fifo_open,
	.quiet = fifo_quiet,
	.close = fifo_close,
};
