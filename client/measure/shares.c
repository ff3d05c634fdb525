/*
 * Telling both ends from the machine's other load: see shares.h. Called by
 * load.c around each measured phase.
 */
#include "measure/shares.h"

#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"

enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, FIELDS };

bool
shares_parse(struct shares_reading *r, const char *text, long hertz)
{
	unsigned long long v[FIELDS];
	double tick = hertz > 0 ? (double)NS_PER_S / (double)hertz : 0;

	r->known = hertz > 0 && sscanf(text, "cpu %llu %llu %llu %llu %llu "
	    "%llu %llu %llu", &v[USER], &v[NICE], &v[SYSTEM], &v[IDLE],
	    &v[IOWAIT], &v[IRQ], &v[SOFTIRQ], &v[STEAL]) == FIELDS;
	if (!r->known)
		return false;
	r->busy_ns = tick * (double)(v[USER] + v[NICE] + v[SYSTEM] + v[IRQ] +
	    v[SOFTIRQ]);
	r->steal_ns = tick * (double)v[STEAL];
	return true;
}

void
shares_read(struct shares_reading *r)
{
	char text[512];

	*r = (struct shares_reading){ .at = clock_ns() };
	if (fd_slurp("/proc/stat", text, sizeof(text)) > 0)
		shares_parse(r, text, sysconf(_SC_CLK_TCK));
}

static double
not_below_0(double v)
{
	return v > 0 ? v : 0;
}

void
shares_add(struct shares *s, const struct shares_reading *before,
    const struct shares_reading *after, const struct usage *client,
    const struct usage *server)
{
	double ours = client->user_ns + client->system_ns;
	double theirs = server ? server->user_ns + server->system_ns : 0;

	s->window_ns += (double)(after->at - before->at);
	s->client_ns += ours;
	s->server_ns += theirs;
	s->machine_known = before->known && after->known;
	if (!s->machine_known)
		return;
	/* Not cut off at 0 yet: a round's ticks may come in the next one. */
	s->other_ns += after->busy_ns - before->busy_ns - ours - theirs;
	s->steal_ns += not_below_0(after->steal_ns - before->steal_ns);
}
