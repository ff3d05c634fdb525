/*
 * What it costs to get as far as a first answer, and to leave again: of each
 * mechanism, over repeats. Plain data of result.h; setup_costs.c fills it.
 */
#ifndef RPCALL_SETUP_H
#define RPCALL_SETUP_H

enum { SETUP_REPEATS_MAX = 64, SETUP_NOTE_MAX = 256 };

enum setup_part {
	SETUP_LOOKUP,		/* rpcbind is asked for the address */
	SETUP_CONNECT,		/* a socket, connected */
	SETUP_RENDEZVOUS,	/* a FIFO's hello, until its session is open */
	SETUP_START,		/* of a pipe: a process, until it is ready */
	SETUP_FIRST,		/* the first call, until it is answered */
	SETUP_READY,		/* all the above, as one */
	SETUP_CLOSE,		/* closed; a process that was started has ended */
	SETUP_PARTS
};

/* The middle of n values, and the half of them that is nearest to it. */
struct spread {
	unsigned n;		/* 0: the part does not apply, or failed */
	double median_ns;
	double low_ns, high_ns;	/* first and third quartile */
};

struct setup {
	char name[32];		/* of its row: "rpc/tcp" */
	struct spread part[SETUP_PARTS];
	char note[SETUP_NOTE_MAX];	/* what could not be measured, and why */
};

#endif
