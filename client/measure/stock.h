/*
 * The stock rows of a comparison: libtirpc as it comes, both ends. Starts
 * rpcall-stock (stock_server.c: an rpcgen server on svc_run) and makes
 * libtirpc's own client handles to it, with its default buffer sizes: 64 KiB
 * over TCP, 9,000 bytes over the local socket, 8,800 over UDP (a larger
 * message is RPC_CANTENCODEARGS there, so such a row cannot be measured).
 */
#ifndef RPCALL_STOCK_H
#define RPCALL_STOCK_H

#include <netinet/in.h>
#include <rpc/rpc.h>
#include <sys/types.h>

#include "measure/scratch.h"

struct stock {
	pid_t pid;			/* the server */
	in_port_t tcp_port, udp_port;	/* on 127.0.0.1, host order */
	char dir[SCRATCH_PATH_MAX];	/* private, holds the socket */
	char path[108];			/* of the Unix socket */
};

/*
 * Starts the server and waits up to 5 s until it has said where it listens.
 * The program is looked for beside our own, then in LIBEXECDIR. It is pinned
 * to server_cpu unless that is negative. -ENOENT when there is no such
 * program, -ETIMEDOUT or -EPROTO when it did not say its endpoints; then
 * nothing is left running, and stock_stop() does nothing.
 */
int stock_start(struct stock *s, int server_cpu);

/*
 * A fresh connection of mech "rpc/tcp", "rpc/udp" or "rpc/local" as
 * libtirpc's CLIENT for ECHO version 1, which rpcgen's stubs take.
 * clnt_destroy() frees it and closes its descriptor. NULL with errno.
 */
CLIENT *stock_client(struct stock *s, const char *mech);

/* Ends the server, within 2 s, and removes its socket. Twice is legal. */
void stock_stop(struct stock *s);

#endif
