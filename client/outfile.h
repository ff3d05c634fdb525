/*
 * Files that the user names for what is made: there whole, or as they were.
 * What is written goes to a file beside it that takes its place at the end, so
 * that neither a failure nor a signal leaves an empty file, or half of one.
 */
#ifndef RPCALL_OUTFILE_H
#define RPCALL_OUTFILE_H

#include <limits.h>
#include <stdio.h>

struct outfile {
	FILE *out;
	char path[PATH_MAX];	/* where it is to be, links followed */
	char temp[PATH_MAX + 16];	/* where it is; "": at path itself */
};

/*
 * 0 or -errno. What is there and is no plain file (a device, a FIFO) is written
 * to as it is, and so is a file in a directory that takes no other.
 */
int outfile_open(struct outfile *o, const char *path);

/*
 * Closes it. With err 0 it takes its place; else, or when a write had failed,
 * nothing is left of it. Returns err, or -errno of what failed here.
 */
int outfile_end(struct outfile *o, int err);

/* Could path be written to, as far as can be told without doing it? For what
 * takes long to make. 0 or -errno. */
int outfile_try(const char *path);

#endif
