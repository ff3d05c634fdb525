/*
 * A datagram socket of a worker: ONC RPC calls in, replies out. mech_udp.c
 * opens them.
 */
#ifndef RPCALLD_UDP_SOCKET_H
#define RPCALLD_UDP_SOCKET_H

struct endpoint;
struct udp_socket;
struct worker;

/*
 * Serves what comes to fd, an endpoint's bound socket that tells which of our
 * addresses was asked, in w's loop. Takes fd, even on failure: 0 or -errno.
 */
int udp_socket_new(struct udp_socket **u, struct endpoint *e,
    struct worker *w, int fd);

/* From w's thread: nothing is received any more, if it is one of w's. */
void udp_socket_quiet(struct udp_socket *u, struct worker *w);

/* Closes it. */
void udp_socket_free(struct udp_socket *u);

#endif
