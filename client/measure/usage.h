/*
 * What a process has cost so far: CPU time and context switches, of ourselves
 * or of another process. Two readings, one before a load and one after it,
 * and their difference is the cost of the load on that end.
 *
 * In a virtual machine the CPU time is what the guest believes.
 */
#ifndef RPCALL_USAGE_H
#define RPCALL_USAGE_H

#include <sys/types.h>

struct usage {
	double user_ns, system_ns;	/* CPU time of all threads */
	double voluntary;		/* context switches: it waited */
	double involuntary;		/* context switches: preempted */
};

/*
 * Reads the usage of process pid. User and system time together come from its
 * CPU clock: exact where it sleeps, as a server does between calls; where it
 * is running just now (a spinning one), what it used since the kernel's last
 * tick (up to 4 ms at 250 Hz) is not in yet. How they are split is the
 * kernel's sampling, known to 10 ms. Threads that have ended count in the
 * time but not in the switches. -ESRCH when there is no such process.
 */
int usage_of_pid(pid_t pid, struct usage *u);

/* The same of this process, by getrusage(): 1 us, ended threads included. */
void usage_self(struct usage *u);

/*
 * What was used between two readings of the same process. No part is
 * negative, and user + system stays as it is: where the sampled split moved
 * back in time, all of it is put on the other side.
 */
struct usage usage_diff(const struct usage *before, const struct usage *after);

#endif
