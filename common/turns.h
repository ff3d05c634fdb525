/*
 * Turns: a lock for the few threads that share what is otherwise one
 * thread's own. Whoever comes first has the next turn, so nobody who gives
 * it away and wants it back at once can starve another. Uncontended, taking
 * and giving cost an atomic operation each and no system call.
 */
#ifndef RPCALL_TURNS_H
#define RPCALL_TURNS_H

#include <stdatomic.h>
#include <stdbool.h>

/* Zeroed memory is a turn that nobody has. */
struct turns {
	atomic_uint next;	/* the number that the next to come draws */
	atomic_uint serving;	/* the number whose turn it is */
};

/* Of turns_take() and turns_give(): sleeps; wakes those who sleep. */
void turns_wait(struct turns *t, unsigned mine);
void turns_wake(struct turns *t);

/* Waits for the turn; not for one who has it. */
static inline void
turns_take(struct turns *t)
{
	unsigned mine = atomic_fetch_add(&t->next, 1);

	if (atomic_load(&t->serving) != mine)
		turns_wait(t, mine);
}

/* By the one who has it: does anybody wait for it? */
static inline bool
turns_wanted(const struct turns *t)
{
	return atomic_load_explicit(&t->next, memory_order_relaxed) -
	    atomic_load_explicit(&t->serving, memory_order_relaxed) > 1;
}

/* By the one who has it. */
static inline void
turns_give(struct turns *t)
{
	unsigned after = atomic_load_explicit(&t->serving,
	    memory_order_relaxed) + 1;

	/*
	 * Stored before next is read, as next is drawn before serving is
	 * read: one of the two sees the other.
	 */
	atomic_store(&t->serving, after);
	if (atomic_load(&t->next) != after)
		turns_wake(t);
}

#endif
