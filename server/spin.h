/*
 * Adaptive polling: after an answer, look for the next request for a short
 * time before sleeping, because waking a sleeping process costs more than the
 * call. It pays for itself or stops: polling that finds nothing halves the
 * time of the next, and being preempted while polling (cores are short) stops
 * it for a while. An idle daemon sleeps.
 */
#ifndef RPCALLD_SPIN_H
#define RPCALLD_SPIN_H

#include <stdbool.h>
#include <stdint.h>

struct worker;
struct peer;

enum { SPIN_AUTO = -1, SPIN_OFF = 0, SPIN_AUTO_US = 50, SPIN_MAX_US = 1000 };

struct spin {
	uint64_t limit_ns;	/* longest poll; 0: never */
	uint64_t budget_ns;	/* of the next one, 0 to limit_ns */
	uint64_t resume;	/* clock_ns() before which it rests */
	struct peer *hot;	/* the only peer served in this pass, if so */
	unsigned served;	/* peers served in this pass */
};

/* us: SPIN_AUTO, SPIN_OFF or microseconds; ncpus that we may run on. */
void spin_init(struct spin *s, int us, unsigned ncpus);

/* A peer was served; it is going away. */
void spin_served(struct spin *s, struct peer *p);
void spin_forget(struct spin *s, struct peer *p);

/* The only peer served since the last look, or NULL. */
struct peer *spin_only(struct spin *s);

/* Polls the hot peer of w: true when something was served. */
bool spin_poll(struct worker *w);

static inline bool
spin_wanted(const struct spin *s)
{
	return s->limit_ns != 0;
}

#endif
