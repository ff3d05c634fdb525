/*
 * IP packets with TCP or UDP in them, made of what a connection exchanged,
 * for --pcap. Lengths, sequence numbers and checksums are right.
 */
#ifndef RPCALL_WIRE_PACKET_H
#define RPCALL_WIRE_PACKET_H

#include <stdbool.h>

#include "buf.h"
#include "sock.h"

/* One conversation, IPv4 or IPv6; [0] is the client, [1] the server. */
struct flow {
	struct addr ends[2];
	bool datagram;
	uint32_t sent[2];	/* bytes of each, for sequence numbers */
};

enum {
	SEGMENT_MAX = 32 << 10,	/* bytes of a stream in a packet */
	DATAGRAM_MAX = 65507,	/* bytes in a UDP packet of IPv4 */
};

/*
 * Appends a packet from ends[from] that carries n bytes, at most SEGMENT_MAX
 * or DATAGRAM_MAX: 0 or -ENOMEM.
 */
int packet_append(struct flow *flow, unsigned from, const void *data,
    size_t n, struct buf *out);

#endif
