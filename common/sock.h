/*
 * Socket addresses and sockets, for both ends: resolving, connecting with a
 * deadline, listening, and the universal addresses of rpcbind (RFC 5665
 * section 5.2.3.3). All descriptors are close-on-exec and non-blocking.
 */
#ifndef RPCALL_SOCK_H
#define RPCALL_SOCK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct addr {
	socklen_t len;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_storage ss;
	};
};

enum { ADDR_TEXT_MAX = 128 };

/*
 * Resolves host (a name or a number) for family: 0, or an EAI_ code of
 * getaddrinfo(3), which is negative too; gai_strerror() explains it.
 */
int addr_resolve(struct addr *a, int family, const char *host, int port);

/* The address of a Unix socket: 0, or -ENAMETOOLONG. */
int addr_unix(struct addr *a, const char *path);

/* "127.0.0.1:80", "[::1]:80", "/path", or "uid=..." style nothing: "". */
const char *addr_format(const struct addr *a, char *out, size_t size);

/* The host without the port. */
const char *addr_host(const struct addr *a, char *out, size_t size);

int addr_port(const struct addr *a);

/* Can only this machine reach it? True of Unix sockets, too. */
bool addr_is_local(const struct addr *a);

/* "127.0.0.1.28.243", "::1.28.243", or the path. */
const char *addr_to_uaddr(const struct addr *a, char *out, size_t size);

/*
 * A listening stream socket, or a bound datagram socket. port_shared sets
 * SO_REUSEPORT, so that every worker has its own. fd or -errno.
 */
int sock_listen(const struct addr *a, int type, bool port_shared);

/*
 * Makes sure that nobody else has a's port, before several sockets share it:
 * SO_REUSEPORT would let another process of the same user in. Chooses a free
 * one for port 0. 0 or -EADDRINUSE or another -errno.
 */
int sock_claim_port(struct addr *a, int type);

/*
 * A connected socket, prepared as below; waits until deadline_ns. fd, or
 * -errno (-ETIMEDOUT, -ECONNREFUSED, ...).
 */
int sock_connect(const struct addr *a, int type, uint64_t deadline_ns);

/*
 * What every stream socket gets, at both ends: of TCP, TCP_NODELAY; a Unix
 * socket holds more of what is sent (SOCK_UNIX_BUFFER, as far as the system
 * allows: net.core.wmem_max), for its writer is woken only when three quarters
 * have been taken, and by then its reader should not have to wait as well.
 */
enum { SOCK_UNIX_BUFFER = 416 << 10 };	/* bytes, which the kernel doubles */

void sock_prepare(int fd, int family);

/* The uid of a Unix socket's peer, by the kernel: 0 or -errno. */
int sock_peer_uid(int fd, uint32_t *uid);

#endif
