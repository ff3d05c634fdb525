/*
 * Ordinary pipes: two of them to a child that we start and that serves its
 * stdin and stdout (rpcalld --stdio).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "fifo.h"
#include "mech.h"
#include "words.h"

extern char **environ;

enum { LEAVE_MS = 2000, FATE_MS = 500 };

/* The child has its ends as stdin and stdout, and every signal as usual. */
static int
spawn(char **words, int in, int out, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t pipe_signal;
	int err;

	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &pipe_signal);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	err = posix_spawnp(pid, words[0], &files, &attr, words, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return -err;
}

static int
open_pipes(int to[2], int from[2])
{
	if (pipe2(to, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(from, O_CLOEXEC) < 0) {
		int err = -errno;

		fd_close(to[0]);
		fd_close(to[1]);
		return err;
	}
	return 0;
}

static int
start(struct link *l, char **words)
{
	int to[2], from[2];
	int err = open_pipes(to, from);

	if (err)
		return err;
	err = spawn(words, to[0], from[1], &l->child);
	fd_close(to[0]);
	fd_close(from[1]);
	if (err) {
		fd_close(to[1]);
		fd_close(from[0]);
		return err;
	}
	l->rfd = from[0];
	l->wfd = to[1];
	fifo_enlarge(l->wfd);
	fifo_enlarge(l->rfd);
	fd_set_nonblock(l->rfd, 1);
	fd_set_nonblock(l->wfd, 1);
	return 0;
}

static int
open_pipe(struct link *l, const struct target *t, uint64_t deadline_ns,
    struct failure *f)
{
	char text[TARGET_PATH_MAX], *words[WORDS_MAX];
	int n, err;

	(void)deadline_ns;
	strcpy(text, t->path);
	n = words_split(text, words);
	if (n <= 0)
		return failure_set(f, EXIT_USAGE, "pipe:%s: %s", t->path,
		    n == 0 ? "no command" : n == -E2BIG ? "too many words" :
		    "a quote is not closed");
	err = start(l, words);
	if (err == 0)
		return 0;
	failure_set(f, EXIT_UNREACHABLE, "cannot start %s (%s)", words[0],
	    strerror(-err));
	failure_hint(f, "the command speaks on stdin and stdout, like: "
	    "pipe:rpcalld --stdio");
	return -f->code;
}

const struct client_mech client_mech_pipe = { .open = open_pipe };

const char *
link_fate(const struct link *l, char out[LINK_FATE])
{
	uint64_t deadline = clock_ns() + FATE_MS * NS_PER_MS;
	struct timespec nap = { .tv_nsec = 200 * 1000 };
	siginfo_t info = { 0 };

	/* The kernel closes what a process has open before it is dead. */
	while (waitid(P_PID, (id_t)l->child, &info, WEXITED | WNOHANG |
	    WNOWAIT) == 0 && info.si_pid == 0 && clock_ns() < deadline)
		nanosleep(&nap, NULL);
	if (info.si_pid == 0)
		snprintf(out, LINK_FATE, "closed its stdout");
	else
		snprintf(out, LINK_FATE, "%s %d", info.si_code == CLD_EXITED ?
		    "ended with status" : "was ended by signal",
		    info.si_status);
	return out;
}

/* A server that we started leaves when its stdin ends; else it is made to. */
static void
reap(pid_t child)
{
	uint64_t deadline = clock_ns() + LEAVE_MS * NS_PER_MS;
	struct timespec nap = { .tv_nsec = 200 * 1000 };

	while (waitpid(child, NULL, WNOHANG) == 0) {
		if (clock_ns() >= deadline) {
			kill(child, SIGKILL);
			waitpid(child, NULL, 0);
			return;
		}
		nanosleep(&nap, NULL);
	}
}

void
link_close(struct link *l)
{
	fd_close(l->wfd);
	if (l->rfd != l->wfd)
		fd_close(l->rfd);
	l->rfd = l->wfd = -1;
	if (l->child > 0)
		reap(l->child);
	l->child = 0;
}
