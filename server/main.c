/*
 * rpcalld: serves every service over every mechanism. This file puts the
 * parts together and waits for signals; server/server.h is the map.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "fd.h"
#include "log.h"
#include "server/endpoints.h"
#include "server/fifo_dir.h"
#include "server/mech_pipe.h"
#include "server/options.h"
#include "server/register.h"
#include "server/rundir.h"
#include "server/server.h"
#include "server/service.h"
#include "server/show.h"
#include "server/sysd.h"
#include "server/worker.h"

static int
fail(int code, const char *what, const char *where, int err)
{
	fprintf(stderr, "rpcalld: error: %s %s: %s\n", what, where,
	    strerror(-err));
	return code;
}

/*
 * Large messages come and go: without this each would be mapped, faulted in
 * page by page and unmapped again. What is kept is bounded by the buffers.
 */
static void
tune_malloc(void)
{
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

/* Protocol descriptors away from what prints: libtirpc prints to stdout. */
static int
move_stdio(void)
{
	int null;

	mech_pipe_stdin = fd_move_above_stdio(STDIN_FILENO);
	mech_pipe_stdout = fd_move_above_stdio(STDOUT_FILENO);
	if (mech_pipe_stdin < 0 || mech_pipe_stdout < 0)
		return -EBADF;
	null = open("/dev/null", O_RDWR);
	if (null != STDIN_FILENO)
		return -EBADF;
	return dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ? -errno : 0;
}

/* Signals are taken by sigwait in main(); SIGPIPE by nobody. */
static void
block_signals(sigset_t *set)
{
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* A user without a session has none by default. */
static int
no_dir(const char *what, const char *variable, const char *option, int err)
{
	if (err != -ENOENT)
		return fail(EX_USAGE, what, option, err);
	fprintf(stderr, "rpcalld: error: %s: %s is not set\n"
	    "hint: name one: %s\n", what, variable, option);
	return EX_USAGE;
}

static int
find_dirs(struct options *o)
{
	int err = rundir_find(o->run_given, o->run, sizeof(o->run));

	if (err)
		return no_dir("no run directory", "XDG_RUNTIME_DIR",
		    "--run DIR", err);
	err = statedir_find(o->state_given, o->state, sizeof(o->state));
	return err ? no_dir("no state directory", "HOME", "--state DIR", err) :
	    0;
}

/* With --stdio one is needed only once a service wants to keep something. */
static void
find_state(struct options *o)
{
	if (statedir_find(o->state_given, o->state, sizeof(o->state)) != 0)
		o->state[0] = '\0';
}

static int
lock_dir(const char *dir, bool is_default)
{
	int fd = rundir_lock(dir, is_default);

	if (fd == -EWOULDBLOCK) {
		fprintf(stderr, "rpcalld: error: another rpcalld runs in %s\n"
		    "hint: give this one its own: --run DIR --state DIR "
		    "--listen URI ...\n",
		    dir);
		return -EX_UNAVAILABLE;
	}
	if (fd < 0)
		return -fail(EX_CANTCREAT, "cannot use", dir, fd);
	return fd;
}

/* Descriptors stay open, and so locked, until the process ends. */
static int
lock_dirs(const struct options *o)
{
	int fd = lock_dir(o->run, o->run_given == NULL);

	if (fd >= 0 && strcmp(o->run, o->state) != 0)
		fd = lock_dir(o->state, o->state_given == NULL);
	return fd < 0 ? -fd : 0;
}

static void
print_path(const char *path)
{
	puts(path);
}

static void
clean_path(const char *dir, const char *leaf)
{
	char path[TARGET_PATH_MAX + 32];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, leaf);
	if (lstat(path, &st) == 0 && st.st_uid == geteuid() &&
	    (S_ISSOCK(st.st_mode) || S_ISREG(st.st_mode)) &&
	    unlink(path) == 0)
		puts(path);
}

/* rpcalld --clean: what is removed is printed. */
static int
clean(const struct options *o)
{
	char path[TARGET_PATH_MAX + 32];
	int fd = lock_dir(o->run, false);

	if (fd < 0)
		return -fd;
	snprintf(path, sizeof(path), "%s/fifo", o->run);
	fifo_dir_list(path, print_path);
	fifo_dir_clean(path);
	clean_path(o->run, "rpc.sock");
	clean_path(o->run, "rpcall.sock");
	clean_path(o->run, "endpoints");
	return 0;
}

static int
start_services(struct server *s, const struct options *o)
{
	const char *name = "";
	char why[4 * EXPORT_DIR_MAX] = "";
	int err = services_start(s, o, &name, why, sizeof(why));

	if (err == 0)
		return 0;
	fprintf(stderr, "rpcalld: error: cannot start the service %s: %s\n"
	    "hint: leave it out: --disable %s\n", name,
	    why[0] ? why : strerror(-err), name);
	return EX_CANTCREAT;
}

static int
open_all(struct server *s, const struct options *o)
{
	const struct endpoint *failed = NULL;
	char uri[1024];
	int err = server_init(s), code;

	if (err == 0)
		err = endpoints_fill(s, o);
	if (err)
		return fail(EX_OSERR, "cannot start", "workers", err);
	code = start_services(s, o);
	if (code)
		return code;
	err = server_listen(s, &failed);
	if (err)
		fail(EX_UNAVAILABLE, "cannot listen on",
		    target_format(&failed->target, uri, sizeof(uri)), err);
	if (err == -EADDRINUSE)
		fprintf(stderr, "hint: see who does: ss -lntup; or say where "
		    "to, in place of the defaults: --listen URI ...\n");
	return err ? EX_UNAVAILABLE : 0;
}

/* Everything is open and answers: tell systemd, the log, and the file. */
static void
announce(const struct server *s, const struct options *o)
{
	char uri[1024];
	int err = endpoints_write(s, o->run);

	if (err)
		log_event(LOG_LEVEL_WARN, "endpoints-not-written",
		    "dir=\"%s\" why=\"%s\"", o->run, strerror(-err));
	for (size_t i = 0; i < s->nendpoints; i++)
		if (s->endpoints[i].open)
			log_event(LOG_LEVEL_INFO, "listening", "mech=%s "
			    "uri=%s", mech_info[s->endpoints[i].target.mech].
			    name, target_format(&s->endpoints[i].target, uri,
			    sizeof(uri)));
	fprintf(stderr, "rpcalld: ready version=%s pid=%d workers=%u "
	    "run=%s\n", RPCALL_VERSION, (int)getpid(), s->nworkers, o->run);
	sysd_notify("READY=1");
}

static int
serve(struct server *s, const struct options *o, const sigset_t *signals)
{
	struct registrar *r = NULL;
	char path[TARGET_PATH_MAX + 32];
	int sig = 0;
	int err = server_start(s);

	if (err)
		return fail(EX_OSERR, "cannot start", "threads", err);
	if (!o->no_rpcbind)
		r = register_start(s);
	announce(s, o);
	do
		sigwait(signals, &sig);
	while (sig == SIGHUP);
	sysd_notify("STOPPING=1");
	log_event(LOG_LEVEL_INFO, "stopping", "signal=%d", sig);
	server_drain(s);
	register_stop(r);
	server_join(s);
	snprintf(path, sizeof(path), "%s/endpoints", o->run);
	unlink(path);
	return atomic_load(&s->exit_code);
}

static struct server *stdio_server;

static void
drain_stdio(int sig)
{
	(void)sig;
	atomic_store(&stdio_server->drain, true);
	loop_wake(&stdio_server->workers[0].loop);
}

/* One peer, in this thread, until it leaves or SIGTERM comes. */
static int
serve_stdio(struct server *s)
{
	struct sigaction sa = { .sa_handler = drain_stdio };
	int err;

	stdio_server = s;
	sigaction(SIGTERM, &sa, NULL);
	/* Whoever started us may want to know when starting was over. */
	sysd_notify("READY=1");
	err = worker_run(&s->workers[0]);
	return err ? fail(EX_OSERR, "cannot serve", "stdin", err) :
	    atomic_load(&s->exit_code);
}

static int
run(struct options *o)
{
	struct server s = { .limits = o->limits, .nworkers = o->workers,
		.spin_us = o->spin_us, .stdio = o->stdio };
	sigset_t signals;
	int code = 0;

	umask(077);
	tune_malloc();
	if (o->stdio) {
		s.nworkers = 1;
		signal(SIGPIPE, SIG_IGN);
	} else {
		block_signals(&signals);
		code = lock_dirs(o);
	}
	if (code == 0)
		code = open_all(&s, o);
	if (code == 0)
		code = o->stdio ? serve_stdio(&s) : serve(&s, o, &signals);
	services_stop();
	server_release(&s);
	return code;
}

/* What could not be printed is an error. */
static int
flush_stdout(int code)
{
	return fflush(stdout) == 0 && !ferror(stdout) ? code : EX_IOERR;
}

int
main(int argc, char **argv)
{
	struct options o;
	int code;

	fd_claim_stdio();
	code = options_parse(&o, argc, argv);
	if (code)
		return code;
	log_set_level((enum log_level)o.log_level);
	if (services_init() != 0) {
		fputs("rpcalld: error: two services of idl/services.def have "
		    "one program number and version\n", stderr);
		return EX_SOFTWARE;
	}
	services_select(&o);
	if (o.action == ACTION_HELP) {
		options_help(stdout);
		return flush_stdout(0);
	}
	if (o.action == ACTION_VERSION) {
		puts("rpcalld " RPCALL_VERSION);
		return flush_stdout(0);
	}
	if (o.action == ACTION_STORE_CHECK)
		return flush_stdout(show_store(o.store));
	if (o.stdio) {
		find_state(&o);
		return move_stdio() == 0 ? run(&o) : EX_OSERR;
	}
	code = find_dirs(&o);
	if (code)
		return code;
	if (o.action == ACTION_CHECK)
		return flush_stdout(show_served(&o));
	return o.action == ACTION_CLEAN ? flush_stdout(clean(&o)) : run(&o);
}
