/*
 * CPU time and context switches, see usage.h. Called by the measuring loop
 * around each round, for the client and for servers that cannot be asked
 * (the floor's responder, the stock server).
 *
 * /proc/PID/stat counts in ticks of 10 ms, too coarse for a round; the
 * process's CPU clock counts in ns but does not tell user from system. So the
 * clock gives the sum and the ticks give the shares.
 */
#include "measure/usage.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "fd.h"

static int
clock_of_pid(pid_t pid, double *ns)
{
	struct timespec ts;
	clockid_t clock;
	int error = clock_getcpuclockid(pid, &clock);

	if (error != 0)
		return -error;
	/* EINVAL: it ended in between. */
	if (clock_gettime(clock, &ts) < 0)
		return -ESRCH;
	*ns = (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
	return 0;
}

/* Reads a file of /proc/PID: 0, or -ESRCH where there is no such process. */
static int
proc_read(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	n = fd_slurp(path, text, size);
	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	return 0;
}

/* The share of its CPU time that a process spent in user mode, 0 to 1. */
static int
user_share(pid_t pid, double *share)
{
	unsigned long user, system;
	char text[1024], *rest;
	int err = proc_read(pid, "stat", text, sizeof(text));

	if (err)
		return err;
	/* The name, in parentheses, may itself hold blanks and parentheses. */
	rest = strrchr(text, ')');
	if (rest == NULL || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u "
	    "%*u %*u %*u %lu %lu", &user, &system) != 2)
		return -EPROTO;
	/* Not one tick yet: nothing is known, and it hardly matters. */
	*share = user + system == 0 ? 0.5 :
	    (double)user / (double)(user + system);
	return 0;
}

static double
status_number(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line == NULL ? 0 : strtod(line + strlen(key), NULL);
}

static void
switches_add(pid_t pid, const char *task, struct usage *u)
{
	char name[48], text[4096];

	snprintf(name, sizeof(name), "task/%.20s/status", task);
	/* A thread may end while we look. */
	if (proc_read(pid, name, text, sizeof(text)) < 0)
		return;
	u->voluntary += status_number(text, "\nvoluntary_ctxt_switches:");
	u->involuntary +=
	    status_number(text, "\nnonvoluntary_ctxt_switches:");
}

static int
switches_of_pid(pid_t pid, struct usage *u)
{
	struct dirent *entry;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	if (tasks == NULL)
		return errno == ENOENT ? -ESRCH : -errno;
	while ((entry = readdir(tasks)) != NULL) {
		if (entry->d_name[0] != '.')
			switches_add(pid, entry->d_name, u);
	}
	closedir(tasks);
	return 0;
}

int
usage_of_pid(pid_t pid, struct usage *u)
{
	double share, ns = 0;
	int err = user_share(pid, &share);

	*u = (struct usage){ 0 };
	if (err == 0)
		err = clock_of_pid(pid, &ns);
	if (err < 0)
		return err;
	u->user_ns = ns * share;
	u->system_ns = ns - u->user_ns;
	return switches_of_pid(pid, u);
}

static double
timeval_ns(struct timeval tv)
{
	return (double)tv.tv_sec * 1e9 + (double)tv.tv_usec * 1e3;
}

void
usage_self(struct usage *u)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	u->user_ns = timeval_ns(ru.ru_utime);
	u->system_ns = timeval_ns(ru.ru_stime);
	u->voluntary = (double)ru.ru_nvcsw;
	u->involuntary = (double)ru.ru_nivcsw;
}

static double
clamped(double value, double high)
{
	if (value < 0)
		return 0;
	return value > high ? high : value;
}

struct usage
usage_diff(const struct usage *before, const struct usage *after)
{
	double total = after->user_ns + after->system_ns -
	    before->user_ns - before->system_ns;
	struct usage d = {
		.voluntary = after->voluntary - before->voluntary,
		.involuntary = after->involuntary - before->involuntary,
	};

	if (total < 0)
		total = 0;
	if (d.voluntary < 0)
		d.voluntary = 0;
	if (d.involuntary < 0)
		d.involuntary = 0;
	d.user_ns = clamped(after->user_ns - before->user_ns, total);
	d.system_ns = total - d.user_ns;
	return d;
}
