/*
 * What a thread asks of the kernel to move messages and to wait for them:
 * system calls, and the bytes that these copied. Counted where they are made
 * (fd.c, loop.c, UDP's batches); files, clocks and locks are not in it.
 */
#ifndef RPCALL_KERNEL_H
#define RPCALL_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "tally.h"

struct kernel_tally {
	uint64_t calls;
	uint64_t bytes;		/* copied to the kernel or from it */
};

/* The calling thread's, which alone writes to it; NULL: nobody counts. */
extern _Thread_local struct kernel_tally *kernel_tally;

/* One system call was made, which moved so many bytes, or failed if < 0. */
static inline void
kernel_called(long moved)
{
	struct kernel_tally *t = kernel_tally;

	if (t == NULL)
		return;
	tally_add(&t->calls, 1);
	if (moved > 0)
		tally_add(&t->bytes, (uint64_t)moved);
}

#endif
