/*
 * The floor of a mechanism: a bare ping-pong of the same bytes on the same
 * kind of descriptor, with a second process that does nothing else. What a
 * mechanism takes beyond its floor is its own; below it, nothing can go.
 */
#ifndef RPCALL_FLOOR_H
#define RPCALL_FLOOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct floor {
	const char *name;	/* kind of descriptor, in static memory */
	pid_t pid;		/* the responder */
	int rfd, wfd;		/* our end; equal for sockets */
	uint32_t out, back;	/* bytes of the two messages, >= 1 */
	bool spin;		/* both ends poll instead of sleeping */
	bool forever;		/* waits without limit (the responder does) */
};

/*
 * Starts a responder and connects to it. kind is one of pair.h: tcp udp unix
 * fifo pipe (tcp6 udp6). out and back are the bytes that a call carries there
 * and back; for 0 (a NULL call) 1 byte is moved, since nothing at all cannot
 * be told from silence. The responder reads a whole message before it writes
 * its own, which begins with what was sent. It is pinned to server_cpu unless
 * that is negative.
 *
 * With spin both ends are non-blocking and poll: the responder then keeps a
 * core busy from here to floor_stop(), also between calls.
 *
 * -EPROTONOSUPPORT for an unknown kind, -EMSGSIZE where one datagram cannot
 * hold a message (65,507 bytes over udp); after an error nothing is left running,
 * and floor_stop() does nothing.
 */
int floor_start(struct floor *f, const char *kind, uint32_t out,
    uint32_t back, int server_cpu, bool spin);

/*
 * One round trip: writes f->out bytes of send, reads f->back bytes into recv.
 * Blocks (or spins). SIGPIPE must be ignored. -EPIPE
 * when the responder is gone, -ETIMEDOUT when a datagram got lost: after 5 s,
 * or some 2^26 polls of a spinning end.
 */
int floor_call(struct floor *f, const uint8_t *send, uint8_t *recv);

/* Closes our end and ends the responder, within a second. Twice is legal. */
void floor_stop(struct floor *f);

#endif
