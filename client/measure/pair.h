/*
 * Both ends of a fresh conversation inside one process, by kind of
 * descriptor: what the floor rows play ping-pong on, and what the probes
 * try things on without disturbing a mechanism that is in use.
 *
 * Kinds: tcp tcp6 (loopback, TCP_NODELAY), udp udp6 (loopback, connected),
 * unix (SOCK_STREAM), fifo (two named pipes, unlinked once open, so that
 * nothing is left behind by a kill), pipe (two ordinary pipes). Pipes of both
 * kinds are enlarged as the mechanisms' own are (fifo_enlarge()).
 */
#ifndef RPCALL_PAIR_H
#define RPCALL_PAIR_H

#include <stdint.h>

/* One end of a conversation; rfd == wfd where one descriptor is two-way. */
struct end {
	int rfd, wfd;
};

/*
 * Opens both ends of that kind, connected to each other, blocking and
 * close-on-exec. -EPROTONOSUPPORT for an unknown kind; on any error nothing
 * is left open. The caller closes each end with end_close().
 */
int pair_open(const char *kind, struct end ends[2]);

/* Name of that kind in static memory, or NULL if there is no such kind. */
const char *pair_kind(const char *kind);

/* Largest message of that kind in bytes; UINT32_MAX where it is a stream. */
uint32_t pair_max(const char *kind);

/* Sets or clears O_NONBLOCK on both descriptors: 0 or -errno. */
int end_set_nonblock(const struct end *e, int on);

/* Closes what is open in *e and marks it closed; twice is harmless. */
void end_close(struct end *e);

#endif
