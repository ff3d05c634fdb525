/*
 * What verbs write that is data: to stdout, or to the file of -o; at once, or
 * in parts as it is made.
 */
#ifndef RPCALL_OUTPUT_H
#define RPCALL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "failure.h"
#include "outfile.h"

/* { .path = FILE } or, with NULL, stdout; a file is created by the first part,
 * and there once all are written. */
struct output {
	const char *path;
	FILE *file;
	struct outfile to;	/* what file is of, with a path */
	uint64_t bytes;		/* that have been written */
};

/* The next part: 0, or f's code negated, EXIT_CANTCREATE. */
int output_put(struct output *o, const void *data, size_t n,
    struct failure *f);

/*
 * The last one is written, a line end for text follows it. What is begun is
 * ended by it in any case, and what it says where f is set does not count: a
 * file is as it was before.
 */
int output_end(struct output *o, bool text, struct failure *f);

/* All of it: data, and a line end for text, to the file (NULL: stdout). */
int output_write(const char *path, const void *data, size_t n, bool text,
    struct failure *f);

#endif
