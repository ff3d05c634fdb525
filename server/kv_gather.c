/*
 * Waiting for a whole group: see kv_gather.h. Called by svc_kv_write.c.
 */
#include "server/kv_gather.h"

#include "clock.h"

void
gather_answered(struct gather *g, size_t calls, size_t others, uint64_t ns)
{
	g->expected = calls + others;
	g->took_ns = ns;
}

size_t
gather_enough(const struct gather *g)
{
	return g->expected - g->expected / 8;
}

uint64_t
gather_patience(struct gather *g, size_t n)
{
	uint64_t ns = g->took_ns / GATHER_PART;

	if (n >= gather_enough(g))
		return 0;
	if (g->left > 0) {
		g->left--;
		return 0;
	}
	return ns < GATHER_MAX_US * NS_PER_US ? ns : GATHER_MAX_US * NS_PER_US;
}

void
gather_waited(struct gather *g, size_t n)
{
	if (n >= gather_enough(g))
		g->skips = 0;
	else if (g->skips < GATHER_SKIP_MAX)
		g->skips = 2 * g->skips + 1;
	g->left = g->skips;
}
