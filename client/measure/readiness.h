/*
 * When is a process that we start ready to serve? By systemd's protocol, which
 * rpcalld speaks: a datagram "READY=1" to $NOTIFY_SOCKET.
 */
#ifndef RPCALL_READINESS_H
#define RPCALL_READINESS_H

#include <stdint.h>

struct readiness {
	int fd;			/* -1: nothing is listened to */
};

/* Listens, and tells what is started from now on where: 0 or -errno. */
int readiness_open(struct readiness *r);

/*
 * Waits for the word, as long as peer, a descriptor of the process's, is not
 * hung up: 0; -ETIMEDOUT; -EPIPE when the process is gone; or -errno.
 */
int readiness_await(struct readiness *r, int peer, uint64_t deadline_ns);

/* What is started from now on is told nothing. Twice is legal. */
void readiness_close(struct readiness *r);

#endif
