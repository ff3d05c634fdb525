/*
 * A client of rpcbind (RFC 1833, version 4): what both ends ask of it. Calls
 * block up to their time limit; one thread at a time per connection.
 *
 * rpcbind keeps netids of our own as well, for which libtirpc's rpcb_set()
 * has no transport: so its procedures are called here directly, on libtirpc's
 * client and XDR.
 */
#ifndef RPCALL_BINDER_H
#define RPCALL_BINDER_H

#include <rpc/rpc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BINDER_SOCKET "/run/rpcbind.sock"
enum { BINDER_PORT = 111, BINDER_ADDR_MAX = 512, BINDER_LIST_MAX = 4096 };

struct binder {
	CLIENT *clnt;
	int fd;
	uint32_t timeout_ms;	/* of each call */
};

struct binder_entry {
	uint32_t prog, vers;
	char netid[32];
	char uaddr[BINDER_ADDR_MAX];
	char owner[64];
};

/*
 * Connects to rpcbind of host, or to this machine's through its Unix socket
 * where host is NULL: 0; -ENXIO when the name does not resolve; another
 * -errno when rpcbind cannot be reached.
 */
int binder_open(struct binder *b, const char *host, uint32_t timeout_ms);
void binder_close(struct binder *b);

/* All return 0; -ETIMEDOUT; -EPROTO when rpcbind does not do as asked. */
int binder_set(struct binder *b, const struct binder_entry *e);

/* 0 also when it was not there; -EPERM when it is another user's. */
int binder_unset(struct binder *b, const struct binder_entry *e);

/* Fills e->uaddr for prog, vers and netid: -ENOENT when it is not there. */
int binder_getaddr(struct binder *b, struct binder_entry *e);

/* All entries, to be freed; their count in *n. NULL with errno set. */
struct binder_entry *binder_dump(struct binder *b, size_t *n);

/* Universal address "1.2.3.4.5.6" to host and port: 0 or -EINVAL. */
int binder_parse_uaddr(const char *uaddr, char *host, size_t size,
    int *port);

#endif
