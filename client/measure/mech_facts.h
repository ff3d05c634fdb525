/*
 * What a mechanism is, as a report shows it: filled by facts.c and probe.c
 * from live probes.
 */
#ifndef RPCALL_MECH_FACTS_H
#define RPCALL_MECH_FACTS_H

#include <stdbool.h>

/* What a mechanism is, each from a live probe; "" where it could not be. */
struct mech_facts {
	char name[32];		/* of its row: "rpc/tcp" */
	char target[256];	/* the URI that was opened */
	char direction[32];	/* "two-way", "one-way, a pair" */
	char endpoint[96];	/* "address 127.0.0.1:41233", "name /run/..." */
	char reach[32];		/* "other hosts", "this host" */
	char outlives[48];	/* "no", "its name stays until removed" */
	char boundaries[32];	/* "kept", "not kept (a byte stream)" */
	char atomic_write[48];	/* "4096 B (PIPE_BUF)", "none" */
	char kernel_buffer[64];	/* "send 2.5 MiB, receive 128 KiB" */
	char peer_known[64];	/* "uid 0 (SO_PEERCRED)", "address" */
	unsigned pipe_bytes;	/* that the smaller pipe holds; 0: no pipes */
	bool nagle;		/* TCP, and small writes wait */
};

#endif
