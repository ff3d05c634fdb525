/*
 * Child processes of a measurement, see child.h. Called by floor.c and
 * stock.c. What a child does between fork() and its work is a sequence of
 * plain system calls, since the parent may have threads.
 */
#include "measure/child.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
signals_reset(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, sig == SIGINT ? SIG_IGN : SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

pid_t
child_fork(void)
{
	pid_t parent = getpid(), pid;
	sigset_t all, before;
	int error;

	/* The parent's handlers must not run in the child. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	error = errno;
	if (pid != 0) {
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		return pid < 0 ? -error : pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may have died before it was asked about. */
	if (getppid() != parent)
		_exit(0);
	signals_reset();
	return 0;
}

static void
close_between(int first, unsigned last)
{
	if (first < 3)
		first = 3;
	if ((unsigned)first <= last)
		close_range((unsigned)first, last, 0);
}

void
child_keep_fds(int a, int b)
{
	int low = a < b ? a : b, high = a < b ? b : a;

	if (low > 0)
		close_between(3, (unsigned)low - 1);
	if (high > 0)
		close_between(low + 1, (unsigned)high - 1);
	close_between(high + 1, UINT_MAX);
}

int
child_pin(pid_t pid, int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return 0;
	if (cpu >= CPU_SETSIZE)
		return -EINVAL;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(pid, sizeof(set), &set) < 0 ? -errno : 0;
}

/* Waits until pid has ended, but no longer than timeout_ms. */
static void
end_await(pid_t pid, int timeout_ms)
{
	struct pollfd ended = { .events = POLLIN };

	ended.fd = pidfd_open(pid, 0);
	if (ended.fd < 0)
		return;
	while (poll(&ended, 1, timeout_ms) < 0 && errno == EINTR)
		continue;
	close(ended.fd);
}

void
child_stop(pid_t pid, int timeout_ms)
{
	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	end_await(pid, timeout_ms);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}
