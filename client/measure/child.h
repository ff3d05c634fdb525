/*
 * Child processes of a measurement: the responder of a floor row, the stock
 * server. They start with a clean slate, die with the process that forked
 * them, and are stopped within a deadline.
 */
#ifndef RPCALL_CHILD_H
#define RPCALL_CHILD_H

#include <sys/types.h>

/*
 * fork(). In the child, which returns 0: it gets SIGKILL when the thread that
 * called this ends (so call it from one that lasts), every signal has its
 * default action and none is blocked; except that SIGINT is ignored, because
 * Ctrl-C reaches the whole process group and only the parent should act on it
 * (it still wants its children while it writes partial results). Returns the
 * pid in the parent, or -errno.
 */
pid_t child_fork(void);

/*
 * Closes every descriptor above 2 but a and b. For a child that does not
 * exec(): it would hold the ends of other conversations open, and nobody
 * would see them close.
 */
void child_keep_fds(int a, int b);

/* Pins pid to that CPU; a negative one leaves it free. 0 or -errno. */
int child_pin(pid_t pid, int cpu);

/*
 * SIGTERM, then up to timeout_ms of patience, then SIGKILL; reaps it. Does
 * nothing for a pid of 0 or less.
 */
void child_stop(pid_t pid, int timeout_ms);

#endif
