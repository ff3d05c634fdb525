/*
 * File descriptors: flags, closing, and moving all of a buffer. Together with
 * chan.c the only place that handles EINTR and short reads and writes.
 */
#ifndef RPCALL_FD_H
#define RPCALL_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Closes fd unless it is negative; keeps errno. */
void fd_close(int fd);

/* Sets or clears O_NONBLOCK: 0 or -errno. */
int fd_set_nonblock(int fd, int on);

/* Moves fd to the lowest free number above 2, close-on-exec; closes fd. */
int fd_move_above_stdio(int fd);

/* First of all: those of stdin, stdout and stderr that are closed are taken, so
 * that no file or socket gets their numbers. What is written there fails. */
void fd_claim_stdio(void);

/* One read or write, again after EINTR: count, 0 at end of file, -errno. */
ssize_t fd_read(int fd, void *data, size_t n);
ssize_t fd_write(int fd, const void *data, size_t n);

/* As fd_write() to a socket, which may be a blocking one: never waits. */
ssize_t fd_send_now(int fd, const void *data, size_t n);

/* The same, but a signal may interrupt them: also -EINTR. */
ssize_t fd_read_once(int fd, void *data, size_t n);
ssize_t fd_write_once(int fd, const void *data, size_t n);

/* As fd_write_once() of n runs of bytes; now: as fd_send_now() of them. */
ssize_t fd_gather_once(int fd, struct iovec *runs, int n, bool now);

/* All n bytes from or to a blocking fd: 0, -errno, -ECONNRESET at EOF. */
int fd_read_all(int fd, void *data, size_t n);
int fd_write_all(int fd, const void *data, size_t n);

/*
 * Waits until fd is readable (POLLIN) or writable (POLLOUT), or deadline_ns
 * of clock_ns(): revents, or -ETIMEDOUT, or -errno (-EINTR included).
 */
int fd_wait(int fd, int events, uint64_t deadline_ns);

/* As many descriptors as this process may have at most, from now on: how many
 * that is. */
uint64_t fd_raise_limit(void);

/* Whole file, at most cap - 1 bytes, with a NUL: length or -errno. */
ssize_t fd_slurp(const char *path, char *out, size_t cap);

#endif
