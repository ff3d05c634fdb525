/*
 * Small helpers over file descriptors, used by both ends.
 */
#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "kernel.h"

void
fd_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}

int
fd_set_nonblock(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) < 0 ? -errno : 0;
}

int
fd_move_above_stdio(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (moved < 0)
		return -errno;
	close(fd);
	return moved;
}

void
fd_claim_stdio(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	fd_close(fd);
}

ssize_t
fd_read_once(int fd, void *data, size_t n)
{
	long got = kernel_call(SYS_read, fd, (long)data, (long)n);

	kernel_called(got);
	return got;
}

ssize_t
fd_write_once(int fd, const void *data, size_t n)
{
	long put = kernel_call(SYS_write, fd, (long)data, (long)n);

	kernel_called(put);
	return put;
}

ssize_t
fd_read(int fd, void *data, size_t n)
{
	ssize_t got;

	do
		got = fd_read_once(fd, data, n);
	while (got == -EINTR);
	return got;
}

ssize_t
fd_write(int fd, const void *data, size_t n)
{
	ssize_t put;

	do
		put = fd_write_once(fd, data, n);
	while (put == -EINTR);
	return put;
}

ssize_t
fd_send_now(int fd, const void *data, size_t n)
{
	ssize_t put;

	do {
		put = kernel_call6(SYS_sendto, fd, (long)data, (long)n,
		    MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0);
		kernel_called(put);
	} while (put == -EINTR);
	return put;
}

ssize_t
fd_gather_once(int fd, struct iovec *runs, int n, bool now)
{
	struct msghdr h = { .msg_iov = runs, .msg_iovlen = (size_t)n };
	long put = now ?
	    kernel_call(SYS_sendmsg, fd, (long)&h,
	    MSG_DONTWAIT | MSG_NOSIGNAL) :
	    kernel_call(SYS_writev, fd, (long)runs, n);

	kernel_called(put);
	return put;
}

int
fd_read_all(int fd, void *data, size_t n)
{
	uint8_t *p = data;

	while (n > 0) {
		ssize_t got = fd_read(fd, p, n);

		if (got <= 0)
			return got < 0 ? (int)got : -ECONNRESET;
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

int
fd_write_all(int fd, const void *data, size_t n)
{
	const uint8_t *p = data;

	while (n > 0) {
		ssize_t put = fd_write(fd, p, n);

		if (put < 0)
			return (int)put;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

int
fd_wait(int fd, int events, uint64_t deadline_ns)
{
	struct pollfd pfd = { .fd = fd, .events = (short)events };
	uint64_t now = clock_ns();
	uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
	struct timespec ts = {
		.tv_sec = (time_t)(left / NS_PER_S),
		.tv_nsec = (long)(left % NS_PER_S),
	};
	int n = ppoll(&pfd, 1, &ts, NULL);

	kernel_called(0);
	if (n < 0)
		return -errno;
	return n == 0 ? -ETIMEDOUT : pfd.revents;
}

ssize_t
fd_slurp(const char *path, char *out, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	while ((got = fd_read(fd, out + len, cap - 1 - len)) > 0)
		len += (size_t)got;
	close(fd);
	out[len] = '\0';
	return got < 0 ? got : (ssize_t)len;
}

uint64_t
fd_raise_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return UINT64_MAX;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	return getrlimit(RLIMIT_NOFILE, &r) < 0 ? UINT64_MAX : r.rlim_cur;
}
