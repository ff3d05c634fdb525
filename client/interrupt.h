/*
 * Ctrl-C and deadlines of blocking reads.
 *
 * A blocking read has no deadline, and asking poll first would cost every
 * measured call a system call. Instead a slow timer interrupts whatever
 * blocks, several times a second, and the interrupted side looks at its
 * deadline and at whether the user wants to stop. Polls are interrupted
 * always, reads and writes where interrupt_reads() was called: stdio takes an
 * interrupted write for a broken one and loses the rest.
 */
#ifndef RPCALL_INTERRUPT_H
#define RPCALL_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * SIGINT and SIGTERM set a flag from now on, and the timer runs: what polls
 * returns -EINTR within a fifth of a second, also where the signal came just
 * before it waited.
 */
void interrupt_catch(void);

/* The timer interrupts reads, too: for calls that block in them. */
void interrupt_reads(void);

/*
 * The timer stops, or runs again: after interrupt_reads() it must not run
 * while results are written.
 */
void interrupt_ticks(bool on);

/* Sleeps through the timer's interruptions, but not through a signal. */
void interrupt_pause(uint64_t ns);

/* Undoes interrupt_catch(), and forgets the signal that came: SIGINT does
 * nothing from now on, SIGTERM what it does by default. */
void interrupt_release(void);

/* The signal that came, or 0. */
int interrupt_signal(void);

/*
 * A file that is to be there no longer than this process works on it: a signal
 * that ends the process (one that nobody catches or ignores) removes it first.
 * path stays the caller's, and is one at a time; NULL: none any more. Only
 * between interrupt_hold() and interrupt_let(), in which the file is made, or
 * goes.
 */
void interrupt_removes(const char *path);
void interrupt_hold(sigset_t *before);
void interrupt_let(const sigset_t *before);

#endif
