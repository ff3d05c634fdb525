/*
 * Preloaded into a server under test: something happens at a chosen one of the
 * system calls that change its store.
 *
 *	FAULT_KILL=NAME:N	the process ends as by kill -9 in its place
 *	FAULT_FAIL=NAME:N	it fails with the errno FAULT_ERRNO, once
 *	FAULT_HOLD=NAME:N	it waits: makes the file FAULT_FILE, and goes
 *				on when somebody has removed it
 *
 * It is the Nth call of NAME, or of any name for "any"; with FAULT_ARM=FILE,
 * counted from when that file is there. Counted are calls on regular files and
 * directories only, in all threads together: answers go out over sockets and
 * pipes by the same calls. strace can do some of this (tests/crash/syscalls.py),
 * but counts per thread and is slow. A reader makes no system call: it can be
 * held at mdb_get.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct point {
	char name[16];
	long at;		/* 0: never */
	atomic_long count;
};

static struct point kill_point, fail_point, hold_point;

static void
point_set(struct point *p, const char *env)
{
	const char *value = getenv(env);

	if (value != NULL &&
	    sscanf(value, "%15[^:]:%ld", p->name, &p->at) != 2)
		abort();
}

__attribute__((constructor)) static void
setup(void)
{
	point_set(&kill_point, "FAULT_KILL");
	point_set(&fail_point, "FAULT_FAIL");
	point_set(&hold_point, "FAULT_HOLD");
}

static bool
is_here(struct point *p, const char *name)
{
	if (p->at == 0 ||
	    (strcmp(p->name, "any") != 0 && strcmp(p->name, name) != 0))
		return false;
	return atomic_fetch_add(&p->count, 1) + 1 == p->at;
}

static bool
is_counted(int fd)
{
	const char *arm = getenv("FAULT_ARM");
	struct stat st;

	if (arm != NULL && access(arm, F_OK) != 0)
		return false;
	return fstat(fd, &st) == 0 &&
	    (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

static void
hold(void)
{
	const char *path = getenv("FAULT_FILE");
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	close(fd);
	while (access(path, F_OK) == 0)
		usleep(1000);
}

/* Shall this call fail? Then errno is set. */
static bool
fault(const char *name, int fd)
{
	if (!is_counted(fd))
		return false;
	if (is_here(&kill_point, name))
		kill(getpid(), SIGKILL);
	if (is_here(&hold_point, name))
		hold();
	if (!is_here(&fail_point, name))
		return false;
	errno = atoi(getenv("FAULT_ERRNO"));
	return true;
}

#define WRAP(type, name, params, args)					\
	type name params						\
	{								\
		static __typeof__(&name) real;				\
									\
		if (real == NULL)					\
			real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
		return fault(#name, fd) ? -1 : real args;		\
	}

WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, fallocate, (int fd, int mode, off_t at, off_t size),
    (fd, mode, at, size))
WRAP(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
WRAP(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at),
    (fd, data, size, at))
WRAP(ssize_t, pwritev, (int fd, const struct iovec *v, int n, off_t at),
    (fd, v, n, at))

/* LMDB's; its types do not matter here. */
int mdb_get(void *txn, unsigned dbi, void *key, void *data);

int
mdb_get(void *txn, unsigned dbi, void *key, void *data)
{
	const char *arm = getenv("FAULT_ARM");
	int (*real)(void *, unsigned, void *, void *) = (__typeof__(real))
	    dlsym(RTLD_NEXT, "mdb_get");

	if (strcmp(hold_point.name, "mdb_get") == 0 && arm != NULL &&
	    access(arm, F_OK) == 0 && is_here(&hold_point, "mdb_get"))
		hold();
	return real(txn, dbi, key, data);
}
