/*
 * What a test does to a program from within, by LD_PRELOAD: allocations that
 * fail when it says so, a wall clock that steps, sockets that keep Nagle's
 * algorithm, pipes that stay small, and passes that take longer. The test and
 * the program share the page in the file that RPCALL_FAULTS names; see faults.py.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SAME_PASS = 10000 };	/* nanoseconds between looks at the clock */

/* As faults.py has it: eight bytes each, in this order. */
struct page {
	atomic_ulong first;	/* allocation that fails, from 1; 0: none */
	atomic_ulong count;	/* how many fail from there on */
	atomic_ulong seen;	/* allocations so far, if first was set */
	atomic_ulong failed;	/* of them */
	atomic_long live;	/* allocations that were not freed */
	atomic_long step;	/* seconds that the wall clock is ahead */
	atomic_long nagle;	/* not 0: TCP_NODELAY is taken, and not set */
	atomic_long pipe;	/* not 0: the bytes that a pipe is made to hold */
	atomic_long delay;	/* nanoseconds that a pass of a loop takes more */
};

static struct page *page;

/* glibc's own, which it exports for those who stand before them. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("RPCALL_FAULTS");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at;

	if (fd < 0)
		return;
	at = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);
	close(fd);
	if (at != MAP_FAILED)
		page = at;
}

static int
fails(void)
{
	unsigned long first = page != NULL ? atomic_load(&page->first) : 0, n;

	if (first == 0)
		return 0;
	n = atomic_fetch_add(&page->seen, 1) + 1;
	if (n < first || n - first >= atomic_load(&page->count))
		return 0;
	atomic_fetch_add(&page->failed, 1);
	errno = ENOMEM;
	return 1;
}

static void *
count(void *p, long change)
{
	if (page != NULL && p != NULL)
		atomic_fetch_add(&page->live, change);
	return p;
}

void *
malloc(size_t n)
{
	return fails() ? NULL : count(__libc_malloc(n), 1);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : count(__libc_calloc(n, size), 1);
}

void *
realloc(void *p, size_t n)
{
	if (p == NULL)
		return malloc(n);
	if (n == 0) {
		free(p);
		return NULL;
	}
	return fails() ? NULL : __libc_realloc(p, n);
}

void *
memalign(size_t align, size_t n)
{
	return fails() ? NULL : count(__libc_memalign(align, n), 1);
}

void *
aligned_alloc(size_t align, size_t n)
{
	return memalign(align, n);
}

int
posix_memalign(void **out, size_t align, size_t n)
{
	void *p = memalign(align, n);

	if (p == NULL)
		return ENOMEM;
	*out = p;
	return 0;
}

void
free(void *p)
{
	count(p, -1);
	__libc_free(p);
}

int
setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	if (page != NULL && atomic_load(&page->nagle) != 0 &&
	    level == IPPROTO_TCP && name == TCP_NODELAY)
		return 0;
	return (int)syscall(SYS_setsockopt, fd, level, name, value, len);
}

int
fcntl64(int fd, int command, ...)
{
	va_list ap;
	long value;

	va_start(ap, command);
	value = va_arg(ap, long);
	va_end(ap);
	if (page != NULL && command == F_SETPIPE_SZ &&
	    atomic_load(&page->pipe) != 0)
		value = atomic_load(&page->pipe);
	return (int)syscall(SYS_fcntl, fd, command, value);
}

int
fcntl(int fd, int command, ...)
{
	va_list ap;
	long value;

	va_start(ap, command);
	value = va_arg(ap, long);
	va_end(ap);
	return fcntl64(fd, command, value);
}

static int64_t
ns_of(const struct timespec *ts)
{
	return ts->tv_sec * INT64_C(1000000000) + ts->tv_nsec;
}

/* Each pass of a loop and each read that was waited for looks at the clock,
 * which said now, and maybe again while it serves: soon after, that is. */
static void
spend_delay(struct timespec *now)
{
	static _Thread_local int64_t last;
	int64_t delay = page != NULL ? atomic_load(&page->delay) : 0;
	int64_t end = ns_of(now) + delay;

	if (delay > 0 && ns_of(now) - last > SAME_PASS)
		while (ns_of(now) < end)
			syscall(SYS_clock_gettime, CLOCK_MONOTONIC, now);
	last = ns_of(now);
}

static long
step_of(clockid_t clock)
{
	return page != NULL && (clock == CLOCK_REALTIME ||
	    clock == CLOCK_REALTIME_COARSE) ? atomic_load(&page->step) : 0;
}

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	int err = (int)syscall(SYS_clock_gettime, clock, ts);

	if (err == 0 && clock == CLOCK_MONOTONIC)
		spend_delay(ts);
	if (err == 0)
		ts->tv_sec += step_of(clock);
	return err;
}

time_t
time(time_t *out)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts = { 0 };

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}
