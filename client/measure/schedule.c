/*
 * The schedule of an open loop: see schedule.h. Pure arithmetic.
 */
#include "measure/schedule.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "clock.h"
#include "measure/stats.h"

/* Of an exponential distribution, in ns. */
static double
gap(struct schedule *s)
{
	/* 53 bits, above 0 and at most 1. */
	double u = ((double)(stats_random(&s->random) >> 11) + 1) / 0x1p53;

	return -log(u) * (double)NS_PER_S / (double)s->rate;
}

/* Whole seconds apart from the rest: i times a second would overflow. */
static uint64_t
even_due(const struct schedule *s)
{
	return s->start + s->index / s->rate * NS_PER_S +
	    s->index % s->rate * NS_PER_S / s->rate;
}

void
schedule_init(struct schedule *s, uint64_t rate, bool poisson, uint64_t seed,
    uint64_t start)
{
	*s = (struct schedule){ .start = start, .rate = rate,
		.poisson = poisson, .random = seed, .due = start };
}

void
schedule_advance(struct schedule *s)
{
	s->index++;
	if (!s->poisson) {
		s->due = even_due(s);
		return;
	}
	s->elapsed += gap(s);
	s->due = s->start + (uint64_t)s->elapsed;
}

int
schedule_rate(const char *text, uint64_t *rate)
{
	char *end;
	double v;

	/* What else strtod() takes: blanks, signs, "inf", "0x10". */
	if (*text < '0' || *text > '9' || text[1] == 'x' || text[1] == 'X')
		return -EINVAL;
	v = strtod(text, &end);
	if (*end == 'k' || *end == 'K')
		v *= 1e3, end++;
	else if (*end == 'M')
		v *= 1e6, end++;
	if (*end != '\0' || !(v >= 1) || v > SCHEDULE_RATE_MAX)
		return -EINVAL;
	*rate = (uint64_t)llround(v);
	return 0;
}
