/*
 * The contended half of turns: see turns.h. A futex on the number being
 * served.
 */
#include "turns.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

void
turns_wait(struct turns *t, unsigned mine)
{
	unsigned now;

	while ((now = atomic_load(&t->serving)) != mine)
		syscall(SYS_futex, &t->serving, FUTEX_WAIT_PRIVATE, now, NULL,
		    NULL, 0);
}

void
turns_wake(struct turns *t)
{
	/* All of them: only one finds its number, and they are few. */
	syscall(SYS_futex, &t->serving, FUTEX_WAKE_PRIVATE, INT_MAX, NULL,
	    NULL, 0);
}
