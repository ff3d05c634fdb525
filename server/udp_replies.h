/*
 * The replies to a batch of datagrams, which leave together: as trains
 * (train.h) where some that follow each other are of one size and to one
 * peer. Each leaves from the address that was asked. Of udp_socket.c.
 */
#ifndef RPCALLD_UDP_REPLIES_H
#define RPCALLD_UDP_REPLIES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "buf.h"
#include "server/origin.h"
#include "train.h"

enum {
	UDP_RUNS = 32,			/* sent in one system call */
	UDP_INFO_MAX = CMSG_SPACE(sizeof(struct in6_pktinfo)),
	UDP_CONTROL_MAX = UDP_INFO_MAX + TRAIN_CONTROL,
};

/* Replies of one size, one behind the other, to one peer. */
struct udp_run {
	struct msghdr *to;
	size_t start, len;		/* in out */
	size_t segment;
	struct iovec iov;
	_Alignas(struct cmsghdr) uint8_t control[UDP_CONTROL_MAX];
	uint32_t control_len;
};

struct udp_replies {
	int fd;
	struct buf *out;		/* what they are */
	unsigned n;
	struct udp_run runs[UDP_RUNS];
	struct mmsghdr msgs[UDP_RUNS];
};

/*
 * What is in out from start on goes to where a datagram came from: to is its
 * head as recvmmsg(2) left it, and stays so until they are sent; o tells which
 * of our addresses was asked.
 */
void udp_replies_add(struct udp_replies *r, struct msghdr *to,
    const struct origin *o, size_t start);

/* Full: they must be sent before another is added. */
static inline bool
udp_replies_full(const struct udp_replies *r)
{
	return r->n == UDP_RUNS;
}

/* Sends them all, and empties out. Never waits: one that the kernel will not
 * take is lost, as UDP may lose any. */
void udp_replies_send(struct udp_replies *r);

#endif
