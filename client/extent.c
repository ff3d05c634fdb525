/*
 * The presets: see extent.h.
 */
#include "extent.h"

#include <string.h>

#include "clock.h"

enum {
	TIGHT_MOST = 50,	/* percent */
	PART_FOR_REPORT = 10,	/* of the time: one tenth */
};

/*
 * lmbench measures one client that waits for each answer, wherever the kernel
 * puts both ends: batches of a second, eleven of them, of which it shows the
 * median. Its messages have 1 byte; lat_rpc's are one char, 4 bytes of XDR.
 */
struct preset {
	const char *name, *summary;
	const char *sizes;	/* of echo; NULL: its own */
	const char *pin;
	uint64_t rounds, round_ns, warmup_ns, outstanding, budget_ns, tight;
};

static const struct preset presets[] = {
	{ "quick", "20 seconds", "64,64K", "auto",
	    30, 20 * NS_PER_MS, 2 * NS_PER_MS, 64, 20 * NS_PER_S, 1 },
	{ "default", "under two minutes: 20 rounds of 40 ms at most", NULL,
	    "auto", 20, 40 * NS_PER_MS, 5 * NS_PER_MS, 64, 110 * NS_PER_S, 1 },
	{ "thorough", "60 rounds of 100 ms, six sizes, however long that takes",
	    "64,1K,8K,64K,256K,1M",
	    "auto", 60, 100 * NS_PER_MS, 10 * NS_PER_MS, 64, 0, 0 },
	{ "lmbench", "as lat_rpc, lat_tcp, lat_unix, lat_pipe measure: 1 byte, "
	    "11 rounds of 1 s, not pinned (--pin auto: pinned)", "1", "off", 11,
	    NS_PER_S, 50 * NS_PER_MS, 1, 0, 0 },
};

enum { PRESETS = sizeof(presets) / sizeof(presets[0]) };

static const struct preset *
find(const char *name)
{
	for (size_t i = 0; i < PRESETS; i++)
		if (strcmp(presets[i].name, name) == 0)
			return &presets[i];
	return NULL;
}

static void
fill(uint64_t *said, uint64_t value)
{
	if (*said == EXTENT_UNSAID)
		*said = value;
}

static void
fill_from(struct extent *e, const struct preset *p)
{
	/* As many rounds as were asked for take as long as they take. */
	if (e->rounds != EXTENT_UNSAID) {
		fill(&e->budget_ns, 0);
		fill(&e->tight, 0);
	}
	e->echo_sizes = p->sizes;
	if (e->pin == NULL)
		e->pin = p->pin;
	fill(&e->rounds, p->rounds);
	fill(&e->round_ns, p->round_ns);
	fill(&e->warmup_ns, p->warmup_ns);
	fill(&e->outstanding, p->outstanding);
	fill(&e->budget_ns, p->budget_ns);
	fill(&e->tight, p->tight);
}

int
extent_apply(struct extent *e, struct comparison *c, struct failure *f)
{
	const struct preset *p = find(e->preset ? e->preset : "default");

	if (p == NULL)
		return failure_set(f, EXIT_USAGE, "--preset %s: there are "
		    "quick, default, thorough and lmbench", e->preset);
	fill_from(e, p);
	if (e->rounds < 1 || e->rounds > RESULT_ROUNDS_MAX)
		return failure_set(f, EXIT_USAGE, "--rounds: 1 to %d",
		    RESULT_ROUNDS_MAX);
	if (e->tight > TIGHT_MOST)
		return failure_set(f, EXIT_USAGE, "--tight: 1 to %d percent, "
		    "or 0", TIGHT_MOST);
	c->rounds = (unsigned)e->rounds;
	c->round_ns = e->round_ns;
	c->warmup_ns = e->warmup_ns;
	c->tight = (double)e->tight / 100;
	c->end_ns = e->budget_ns > 0 ? clock_ns() + e->budget_ns -
	    e->budget_ns / PART_FOR_REPORT : 0;
	return 0;
}

void
extent_help(FILE *out)
{
	fprintf(out, "\nPresets (what is said beside one counts):\n");
	for (size_t i = 0; i < PRESETS; i++)
		fprintf(out, "  %-10s %s\n", presets[i].name,
		    presets[i].summary);
}
