/*
 * What a workload (work.h) is told, what it sends, and both ends' account of
 * it: plain data.
 */
#ifndef RPCALL_REQUEST_H
#define RPCALL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/call_failure.h"
#include "measure/usage.h"

enum { WORK_TEXT_MAX = 96, WORK_TURNS = 4096, WORK_SUBJECTS_MAX = 48,
	WORK_PATH_MAX = 1024, WORK_FILE_SEED = 3 };

/* What is asked for on the command line. */
struct work_spec {
	const char *workload;	/* "echo", "kv-get", ... */
	const char *procedure;	/* of echo: "ECHO.NULL"; else NULL */
	uint32_t size;		/* bytes of a payload */
	uint64_t seed;		/* of what is drawn at random */
	unsigned puts;		/* of kv-mixed: percent */
	const char *file;	/* of file-read: EXPORT/PATH */
	bool file_known;	/* it holds the pattern of WORK_FILE_SEED */
	unsigned outstanding;	/* calls under way at once */
	struct call_plan *call;	/* of call */
	const char *fs;		/* file system of the store; "": unknown */
};

/* A call that is ready to be sent, and what its answer must be. */
struct request {
	uint32_t proc;
	uint8_t *args;		/* in XDR */
	size_t args_len;
	uint32_t carries;	/* payload bytes there */
	uint32_t brings;	/* payload bytes back */
	uint32_t crc;		/* CRC32C of what is brought back */
	bool change;		/* the server counts it as a change */
	uint32_t uses;		/* how often it was sent; see work_did() */
};

/* What was done. */
struct work_done {
	uint64_t calls, changes;
	uint64_t carried, brought;	/* payload bytes there and back */
	uint64_t failed[FAILED_KINDS];	/* calls that are counted so */
};

/* The server's own account: what it used, and what it did. */
struct ledger {
	struct usage usage;
	uint64_t calls, changes, bytes_in, bytes_out;
	bool used, counts_calls, counts_changes, counts_bytes; /* are known */
	bool at_least;		/* calls may come twice, or from others */
	char who[64];		/* how the server knows its peer */
};

#endif
