/*
 * What a thread asks of the kernel to move messages and to wait for them:
 * system calls, and the bytes that these copied. Counted where they are made
 * (fd.c, loop.c, UDP's batches); files, clocks and locks are not in it.
 */
#ifndef RPCALL_KERNEL_H
#define RPCALL_KERNEL_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/*
 * A system call: what it returned, or -errno. Neither by way of glibc's
 * cancellation points (no thread of ours is ever cancelled) nor of errno,
 * which both cost more instructions than the rest of a call's way down here.
 */
static inline long
kernel_call(long number, long a, long b, long c)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	long r;

	__asm__ volatile ("syscall" : "=a" (r) : "a" (number), "D" (a),
	    "S" (b), "d" (c) : "rcx", "r11", "memory");
	return r;
#else
	long r = syscall(number, a, b, c);

	return r < 0 ? -errno : r;
#endif
}

/* The same with six arguments. */
static inline long
kernel_call6(long number, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	register long r10 __asm__ ("r10") = d;
	register long r8 __asm__ ("r8") = e;
	register long r9 __asm__ ("r9") = f;
	long r;

	__asm__ volatile ("syscall" : "=a" (r) : "a" (number), "D" (a),
	    "S" (b), "d" (c), "r" (r10), "r" (r8), "r" (r9) :
	    "rcx", "r11", "memory");
	return r;
#else
	long r = syscall(number, a, b, c, d, e, f);

	return r < 0 ? -errno : r;
#endif
}

#endif
