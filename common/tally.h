/*
 * Counts that one thread writes and others read: no lock, no locked
 * instruction. A reader sees a value before or after an addition, never half
 * of it, and one count before its neighbour.
 */
#ifndef RPCALL_TALLY_H
#define RPCALL_TALLY_H

#include <stdint.h>

/* Only by the thread that owns the count. */
static inline void
tally_add(uint64_t *count, uint64_t n)
{
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
	/* One instruction, where the compiler would make three of the below. */
	__asm__ ("addq %1, %0" : "+m" (*count) : "er" (n) : "cc");
#else
	__atomic_store_n(count, *count + n, __ATOMIC_RELAXED);
#endif
}

static inline uint64_t
tally_get(const uint64_t *count)
{
	return __atomic_load_n(count, __ATOMIC_RELAXED);
}

#endif
