/*
 * Trains: datagrams of one size, the last of which may be shorter, that go to
 * one peer or came from one, in one buffer and one system call (UDP_SEGMENT
 * and UDP_GRO, udp(7)). What is on the wire is the same.
 *
 *	| datagram | datagram | ... | rest |	each segment bytes long
 *
 * The kernel moves a train as one as far as it can; to a peer that did not
 * ask for trains the datagrams come one by one.
 */
#ifndef RPCALL_TRAIN_H
#define RPCALL_TRAIN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum {
	TRAIN_MAX = 64,			/* datagrams */
	TRAIN_BYTES = 65507,		/* of all of them */
	TRAIN_BUFFER = 65536,		/* what receives any train */
	TRAIN_CONTROL = CMSG_SPACE(sizeof(int)),
};

/* From now on fd may receive trains; a kernel that has none sends none. */
void train_accept(int fd);

/* How long the datagrams are in what recvmsg(2) left in h, n bytes. */
size_t train_segment(struct msghdr *h, size_t n);

/* h is to be sent as a train; its control has TRAIN_CONTROL bytes of room. */
void train_mark(struct msghdr *h, size_t segment);

/* Sends the n bytes at data, in h's way and with its msg_flags, one datagram
 * at a time. Some that do not go are lost, as datagrams may be: 0 or the last
 * -errno. */
int train_send_apart(int fd, const struct msghdr *h, uint8_t *data, size_t n,
    size_t segment);

/*
 * Sends the n bytes at data over the connected fd: 0, or -errno as
 * train_send_apart(), which it falls back to where trains are not possible.
 */
int train_send(int fd, uint8_t *data, size_t n, size_t segment);

/* Receives from the connected fd: bytes and *segment; or -errno (-EINTR). */
ssize_t train_receive(int fd, void *data, size_t size, size_t *segment);

/* Bytes of the first n messages, which sendmmsg(2) sent or recvmmsg(2)
 * received; none where n tells of an error. */
long train_moved(const struct mmsghdr *msgs, int n);

#endif
