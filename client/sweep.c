/*
 * Reading sweeps: see sweep.h. Called by loading.c.
 */
#include "sweep.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/schedule.h"
#include "options.h"

/* Each with its words, and how one value of it is read: 0 or -errno. */
static const struct kind {
	const char *name, *example;
	int (*read)(const char *text, uint64_t *value);
} kinds[SWEEP_KINDS] = {
	[SWEEP_SIZE] = { "size", "a size like 64K", option_size },
	[SWEEP_CONNECTIONS] = { "connections", "a number", option_number },
	[SWEEP_OUTSTANDING] = { "n", "a number", option_number },
	[SWEEP_RATE] = { "rate", "1 to 10M calls per second, like 20k",
	    schedule_rate },
};

static int
read_value(const struct kind *k, const char *text, uint64_t *value,
    struct failure *f)
{
	return k->read(text, value) == 0 ? 0 : failure_set(f, EXIT_USAGE,
	    "%s %s: not %s", k->name, text, k->example);
}

static int
add_point(struct sweep *s, const struct kind *k, uint64_t value,
    struct failure *f)
{
	if (s->n == SWEEP_POINTS_MAX)
		return failure_set(f, EXIT_USAGE, "%s: more than %d points",
		    k->name, SWEEP_POINTS_MAX);
	s->values[s->n++] = value;
	return 0;
}

static int
read_list(struct sweep *s, const struct kind *k, char *text,
    struct failure *f)
{
	const char *word;
	uint64_t value;
	int err = 0;

	while (err == 0 && (word = strsep(&text, ",")) != NULL) {
		err = read_value(k, word, &value, f);
		if (err == 0)
			err = add_point(s, k, value, f);
	}
	return err;
}

/* "*2", "+1K": how the next point comes from one. */
struct step {
	double factor;		/* 0: it is added to */
	uint64_t more;
};

static int
read_step(struct step *step, const struct kind *k, const char *text,
    struct failure *f)
{
	char *end;

	*step = (struct step){ 0 };
	if (text[0] == '*') {
		step->factor = strtod(text + 1, &end);
		if (end > text + 1 && *end == '\0' && step->factor > 1 &&
		    isfinite(step->factor))
			return 0;
	}
	if (text[0] == '+' && k->read(text + 1, &step->more) == 0 &&
	    step->more > 0)
		return 0;
	return failure_set(f, EXIT_USAGE, "%s: the step %s is not *FACTOR "
	    "over 1, or +NUMBER", k->name, text);
}

/* Of a point at least the next number, so that there is an end. */
static uint64_t
after(uint64_t v, const struct step *step)
{
	double next = step->factor > 0 ? (double)v * step->factor :
	    (double)v + (double)step->more;
	uint64_t rounded = next < 0x1p53 ? (uint64_t)llround(next) :
	    UINT64_MAX;

	return rounded > v ? rounded : v + 1;
}

static int
read_range(struct sweep *s, const struct kind *k, char *text,
    struct failure *f)
{
	const char *first = strsep(&text, ":"), *last = strsep(&text, ":");
	uint64_t v, end;
	struct step step;
	int err = read_value(k, first, &v, f);

	if (err == 0)
		err = read_value(k, last, &end, f);
	if (err == 0)
		err = read_step(&step, k, text ? text : "(none)", f);
	if (err == 0 && v > end)
		return failure_set(f, EXIT_USAGE, "%s: it ends before it "
		    "begins", k->name);
	for (; err == 0 && v <= end; v = after(v, &step))
		err = add_point(s, k, v, f);
	return err;
}

int
sweep_values(struct sweep *s, enum sweep_of of, const char *text,
    struct failure *f)
{
	char copy[512];
	int n = snprintf(copy, sizeof(copy), "%s", text);

	if (n < 0 || (size_t)n >= sizeof(copy))
		return failure_set(f, EXIT_USAGE, "%s: too long",
		    kinds[of].name);
	return strchr(copy, ':') != NULL ?
	    read_range(s, &kinds[of], copy, f) :
	    read_list(s, &kinds[of], copy, f);
}

int
sweep_parse(struct sweep *sweeps, const char *text, struct failure *f)
{
	size_t len = strcspn(text, "=");

	for (int i = 0; i < SWEEP_KINDS; i++) {
		if (text[len] != '=' || strlen(kinds[i].name) != len ||
		    strncmp(kinds[i].name, text, len) != 0)
			continue;
		if (sweeps[i].n > 0)
			return failure_set(f, EXIT_USAGE, "%s: given twice",
			    kinds[i].name);
		return sweep_values(&sweeps[i], (enum sweep_of)i,
		    text + len + 1, f);
	}
	failure_set(f, EXIT_USAGE, "--sweep %s: not one of rate=, n=, "
	    "connections= or size=", text);
	failure_hint(f, "--sweep 'rate=1k:100k:*2'");
	return -EXIT_USAGE;
}
