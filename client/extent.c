/*
 * The presets: see extent.h.
 */
#include "extent.h"

#include <string.h>

#include "clock.h"

/*
 * lmbench measures one client that waits for each answer, wherever the kernel
 * puts both ends: batches of a second, eleven of them, of which it shows the
 * median. Its messages have 1 byte; lat_rpc's are one char, 4 bytes of XDR.
 */
struct preset {
	const char *name, *summary;
	const char *sizes;	/* of echo; NULL: its own */
	const char *pin;
	uint64_t rounds, round_ns, warmup_ns, outstanding;
};

static const struct preset presets[] = {
	{ "quick", "about 20 seconds", "64,64K", "auto",
	    14, 20 * NS_PER_MS, 2 * NS_PER_MS, 64 },
	{ "default", "under two minutes", NULL, "auto",
	    20, 40 * NS_PER_MS, 5 * NS_PER_MS, 64 },
	{ "thorough", "60 rounds of 100 ms, six sizes", "64,1K,8K,64K,256K,1M",
	    "auto", 60, 100 * NS_PER_MS, 10 * NS_PER_MS, 64 },
	{ "lmbench", "as lat_rpc, lat_tcp, lat_unix, lat_pipe measure: 1 byte, "
	    "11 rounds of 1 s, not pinned (--pin auto: pinned)", "1", "off", 11, NS_PER_S, 50 * NS_PER_MS, 1 },
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

int
extent_fill(struct extent *e, struct failure *f)
{
	const struct preset *p = find(e->preset ? e->preset : "default");

	if (p == NULL)
		return failure_set(f, EXIT_USAGE, "--preset %s: there are "
		    "quick, default, thorough and lmbench", e->preset);
	e->echo_sizes = p->sizes;
	if (e->pin == NULL)
		e->pin = p->pin;
	fill(&e->rounds, p->rounds);
	fill(&e->round_ns, p->round_ns);
	fill(&e->warmup_ns, p->warmup_ns);
	fill(&e->outstanding, p->outstanding);
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
