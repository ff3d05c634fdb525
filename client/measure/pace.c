/*
 * Waiting for a moment: see pace.h. Called by the open loops.
 */
#include "measure/pace.h"

#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#include "clock.h"
#include "interrupt.h"

void
pace_begin(void)
{
	prctl(PR_SET_TIMERSLACK, 1UL);
}

/* Interrupted by the timer of interrupt.h it goes on; by Ctrl-C not. */
static int
sleep_until(uint64_t ns)
{
	struct timespec ts = { (time_t)(ns / NS_PER_S),
		(long)(ns % NS_PER_S) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts,
	    NULL) == EINTR)
		if (interrupt_signal() != 0)
			return -EINTR;
	return 0;
}

int
pace_until(uint64_t due, uint64_t spin_ns, uint64_t *asleep)
{
	uint64_t now = clock_ns();
	int err = 0;

	if (due > now + spin_ns) {
		uint64_t slept = now;

		err = sleep_until(due - spin_ns);
		now = clock_ns();
		*asleep += now - slept;
	}
	while (err == 0 && now < due)
		now = clock_ns();
	return err;
}
