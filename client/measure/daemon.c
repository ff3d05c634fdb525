/*
 * Starting and ending a private rpcalld: see daemon.h. Called by compare.
 */
#include "measure/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "measure/child.h"
#include "measure/export.h"

enum { READY_MS = 5000, LEAVE_MS = 12000, ARGS = 32, ARG_SIZE = 200,
	STATE_MAX = 150 };

/* rpcalld beside this program, in sbin beside its bin, or in PATH. */
static void
find_program(char *out, size_t size)
{
	static const char *const places[] = { "rpcalld", "../sbin/rpcalld" };
	char self[TARGET_PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *dir;

	self[n > 0 ? n : 0] = '\0';
	dir = dirname(self);
	for (int i = 0; n > 0 && i < 2; i++) {
		int len = snprintf(out, size, "%s/%s", dir, places[i]);

		if (len > 0 && (size_t)len < size && access(out, X_OK) == 0)
			return;
	}
	snprintf(out, size, "rpcalld");
}

struct args {
	char text[ARGS][ARG_SIZE];
	char *argv[ARGS + 1];
	int n;
};

__attribute__((format(printf, 2, 3))) static void
add(struct args *a, const char *fmt, ...)
{
	va_list ap;

	if (a->n == ARGS)
		return;
	va_start(ap, fmt);
	vsnprintf(a->text[a->n], ARG_SIZE, fmt, ap);
	va_end(ap);
	a->argv[a->n] = a->text[a->n];
	a->argv[++a->n] = NULL;
}

static void
fill_args(struct args *a, const struct daemon *d,
    const struct daemon_request *req)
{
	a->n = 0;
	add(a, "%s", "rpcalld");
	add(a, "--run=%s/run", d->dir);
	add(a, "--state=%s/daemon", d->state);
	add(a, "--spin=%s", req->spin);
	add(a, "--log=warn");
	add(a, "--listen=rpc+tcp://127.0.0.1:0");
	add(a, "--listen=rpc+udp://127.0.0.1:0");
	add(a, "--listen=rpc+local:%s/run/rpc.sock", d->dir);
	add(a, "--listen=tcp://127.0.0.1:0");
	add(a, "--listen=unix:%s/run/rpcall.sock", d->dir);
	add(a, "--listen=fifo:%s/run/fifo", d->dir);
	if (req->durability != NULL)
		add(a, "--durability=%s", req->durability);
	if (req->export)
		add(a, "--export=bench=%s/export", d->state);
	if (!req->reg)
		add(a, "--no-rpcbind");
}

/* In the child. */
static void
become_daemon(const struct daemon *d, const struct daemon_request *req,
    int err)
{
	struct args a;

	child_pin(0, req->cpu);
	fill_args(&a, d, req);
	dup2(err, STDERR_FILENO);
	execvp(d->program, a.argv);
	_exit(127);
}

/* Collects stderr until "ready" is in it: 0, -ETIMEDOUT, -EPIPE. */
static int
wait_ready(int fd, char *said, size_t size)
{
	uint64_t deadline = clock_ns() + READY_MS * NS_PER_MS;
	size_t len = 0;

	said[0] = '\0';
	while (len < size - 1) {
		int r = fd_wait(fd, POLLIN, deadline);
		ssize_t n = r == -EINTR ? -EINTR : r < 0 ? r :
		    fd_read(fd, said + len, size - 1 - len);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? -EPIPE : (int)n;
		len += (size_t)n;
		said[len] = '\0';
		if (strstr(said, "rpcalld: ready") != NULL)
			return 0;
	}
	return -EPIPE;
}

/* RUN/endpoints: a URI on each line. */
static int
read_endpoints(struct daemon *d)
{
	char path[SCRATCH_PATH_MAX + 32], text[4096], why[256];
	char *line, *rest = text;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/run/endpoints", d->dir);
	n = fd_slurp(path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct target t;

		if (*line != '\0' && target_parse(&t, line, why,
		    sizeof(why)) == 0 && t.mech < MECH_COUNT) {
			d->targets[t.mech] = t;
			d->has[t.mech] = true;
		}
	}
	return 0;
}

/* The pipe's daemon is started anew for each connection, on a state of its
 * own: two daemons never share one. */
static void
add_pipe(struct daemon *d, const struct daemon_request *req)
{
	struct target *t = &d->targets[MECH_ID_pipe];
	char durability[32] = "", export[ARG_SIZE] = "";
	int n;

	if (req->durability != NULL)
		snprintf(durability, sizeof(durability), " --durability=%s",
		    req->durability);
	if (req->export)
		snprintf(export, sizeof(export), " '--export=bench=%.*s/export'",
		    STATE_MAX, d->state);
	*t = (struct target){ .mech = MECH_ID_pipe, .port = -1 };
	n = snprintf(t->path, sizeof(t->path), "'%s' --stdio --log=warn "
	    "--spin=%s '--state=%s/pipe'%s%s", d->program, req->spin, d->state,
	    durability, export);
	d->has[MECH_ID_pipe] = n > 0 && (size_t)n < sizeof(t->path);
}

/* The directory of its stores, private and new: 0 or -errno. */
static int
make_state(struct daemon *d, const char *store)
{
	int n;

	if (store == NULL) {
		snprintf(d->state, sizeof(d->state), "%s/state", d->dir);
		return mkdir(d->state, 0700) < 0 ? -errno : 0;
	}
	n = snprintf(d->state, sizeof(d->state), "%s/rpcall-XXXXXX", store);
	if (n > STATE_MAX || mkdtemp(d->state) == NULL) {
		d->state[0] = '\0';
		return n > STATE_MAX ? -ENAMETOOLONG : -errno;
	}
	return 0;
}

static int
make_dirs(struct daemon *d, const struct daemon_request *req)
{
	char export[TARGET_PATH_MAX + 16];
	int err = scratch_dir(d->dir);

	if (err) {
		d->dir[0] = '\0';
		return err;
	}
	err = make_state(d, req->store);
	if (err || !req->export)
		return err;
	snprintf(export, sizeof(export), "%s/export", d->state);
	return export_make(export);
}

static int
launch(struct daemon *d, const struct daemon_request *req, char *said,
    size_t size)
{
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	d->pid = child_fork();
	if (d->pid == 0)
		become_daemon(d, req, fds[1]);
	fd_close(fds[1]);
	err = d->pid < 0 ? (int)d->pid : wait_ready(fds[0], said, size);
	/* Kept open on purpose: its log goes nowhere, without SIGPIPE. */
	if (err)
		fd_close(fds[0]);
	return err;
}

int
daemon_start(struct daemon *d, const struct daemon_request *req,
    struct failure *f)
{
	char said[2048] = "";
	int err;

	memset(d, 0, sizeof(*d));
	find_program(d->program, sizeof(d->program));
	err = make_dirs(d, req);
	if (err) {
		daemon_stop(d);
		return failure_set(f, EXIT_CANTCREATE, "no directory%s%s for "
		    "a daemon (%s)", req->store ? " in " : "",
		    req->store ? req->store : "", strerror(-err));
	}
	err = launch(d, req, said, sizeof(said));
	if (err == 0)
		err = read_endpoints(d);
	if (err == 0) {
		add_pipe(d, req);
		return 0;
	}
	daemon_stop(d);
	said[strcspn(said, "\n")] = '\0';
	failure_set(f, EXIT_UNREACHABLE, "cannot start %s (%s)", d->program,
	    said[0] ? said : strerror(-err));
	failure_hint(f, "is rpcalld installed beside rpcall or in PATH?");
	return -f->code;
}

void
daemon_stop(struct daemon *d)
{
	child_stop(d->pid, LEAVE_MS);
	d->pid = 0;
	if (d->state[0] != '\0')
		scratch_remove(d->state);
	if (d->dir[0] != '\0')
		scratch_remove(d->dir);
	d->dir[0] = d->state[0] = '\0';
}

void
daemon_kill(struct daemon *d)
{
	if (d->pid <= 0)
		return;
	kill(d->pid, SIGKILL);
	waitpid(d->pid, NULL, 0);
	d->pid = 0;
}
