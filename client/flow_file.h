/*
 * A message in a file, or on stdin, that becomes JSON part by part: of no
 * size that counts is more than a part of it held. See idl/flow.h.
 */
#ifndef RPCALL_FLOW_FILE_H
#define RPCALL_FLOW_FILE_H

#include "failure.h"
#include "idl/flow.h"
#include "output.h"

/* The caller fills in path ("-": stdin), limit, out.path and f. */
struct flow_file {
	struct value_flow flow;
	const char *path;
	uint64_t limit;		/* bytes of the message, at most */
	uint64_t taken;
	int fd;
	struct output out;
	struct failure *f;
};

/* 0, or f's code negated: EXIT_NOFILE, EXIT_DATA over the limit. */
int flow_file_open(struct flow_file *w);

/* Ends what was written; where that was only a part, f says so, too. Legal
 * after an open that failed. 0, or f's code negated. */
int flow_file_close(struct flow_file *w);

#endif
