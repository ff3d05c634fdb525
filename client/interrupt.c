/*
 * Signals of the client: see interrupt.h. Process-wide by nature, as signals
 * are; called by main.c, outfile.c and the verbs that call.
 */
#include "interrupt.h"

#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

enum { TICK_US = 200000 };

static volatile sig_atomic_t caught;

static void
on_stop(int sig)
{
	caught = sig;
}

static void
on_tick(int sig)
{
	(void)sig;
}

/* Without SA_RESTART reads and writes return; polls do with it, too. */
static void
handle(int sig, void (*handler)(int), int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handler;
	sa.sa_flags = flags;
	sigaction(sig, &sa, NULL);
}

void
interrupt_ticks(bool on)
{
	struct itimerval every = { 0 };

	if (on)
		every.it_interval.tv_usec = every.it_value.tv_usec = TICK_US;
	setitimer(ITIMER_REAL, &every, NULL);
}

void
interrupt_catch(void)
{
	handle(SIGINT, on_stop, 0);
	handle(SIGTERM, on_stop, 0);
	handle(SIGALRM, on_tick, SA_RESTART);
	interrupt_ticks(true);
}

void
interrupt_reads(void)
{
	handle(SIGALRM, on_tick, 0);
}

void
interrupt_release(void)
{
	struct itimerval never = { .it_value.tv_usec = 0 };

	setitimer(ITIMER_REAL, &never, NULL);
	handle(SIGINT, SIG_IGN, 0);
	handle(SIGTERM, SIG_DFL, 0);
	caught = 0;
}

void
interrupt_pause(uint64_t ns)
{
	struct timespec left = {
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S),
	};

	while (nanosleep(&left, &left) < 0 && caught == 0)
		;
}

int
interrupt_signal(void)
{
	return caught;
}

/* Those that end a process, and that users and their terminals send. */
static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
enum { ENDING = sizeof(ending) / sizeof(ending[0]) };

static const char *volatile removed;

/* The signal comes once more when this one was handled, and then ends us. */
static void
on_end(int sig)
{
	if (removed != NULL)
		unlink(removed);
	raise(sig);
}

void
interrupt_removes(const char *path)
{
	struct sigaction now;

	removed = path;
	for (int i = 0; path != NULL && i < ENDING; i++)
		if (sigaction(ending[i], NULL, &now) == 0 &&
		    now.sa_handler == SIG_DFL)
			handle(ending[i], on_end, (int)SA_RESETHAND);
}

void
interrupt_hold(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	for (int i = 0; i < ENDING; i++)
		sigaddset(&held, ending[i]);
	sigprocmask(SIG_BLOCK, &held, before);
}

void
interrupt_let(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}
