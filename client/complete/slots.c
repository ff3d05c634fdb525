/*
 * Usages as patterns: see slots.h. All readings are followed at once, as a
 * set of places in the pattern.
 */
#include "complete/slots.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

struct pattern {
	struct slot slots[SLOTS_MAX];
	size_t n, own;		/* own: slots that alternatives share */
};

/* "get", "stat": a word that stands for itself. */
static bool
is_literal(const char *s)
{
	while (islower((unsigned char)*s) || *s == '-')
		s++;
	return *s == '\0';
}

bool
slots_is_target(const char *word)
{
	return strchr(word, ':') != NULL || word[0] == '@';
}

/* A word of the usage, which is within depth brackets. */
static void
put_slot(struct pattern *p, const char *word, size_t len, bool optional,
    bool join)
{
	struct slot *s = join && p->n > 0 ? &p->slots[p->n - 1] :
	    &p->slots[p->n];
	size_t at = join && p->n > 0 ? strlen(s->text) : 0;
	bool repeats = len > 3 && memcmp(word + len - 3, "...", 3) == 0;

	len -= repeats ? 3 : 0;
	if ((s == &p->slots[p->n] && p->n == SLOTS_MAX) ||
	    at + len + 2 > sizeof(s->text))
		return;
	if (at > 0)
		s->text[at++] = '|';
	memcpy(s->text + at, word, len);
	s->text[at + len] = '\0';
	s->optional = optional;
	s->repeats = repeats;
	p->n += at == 0;
}

/* Brackets of a word's own, as in "TARGET[,TARGET...]", stay in it. */
static const char *
word_end(const char *at)
{
	int depth = 0;

	for (; *at != '\0' && *at != ' '; at++) {
		depth += *at == '[';
		if (*at == ']' && --depth < 0)
			break;
	}
	return at;
}

/* Appends the slots of [at, end) to p. */
static void
read_slots(struct pattern *p, const char *at, const char *end)
{
	bool join = false;
	int depth = 0;

	while (at < end) {
		const char *stop;

		if (*at == '[' || *at == ']' || *at == ' ') {
			depth += (*at == '[') - (*at == ']');
			at++;
			continue;
		}
		stop = word_end(at);
		if (strncmp(at, "| ", 2) == 0)
			join = depth > 0;
		/* An option with its value, as in encode's. */
		else if (at[0] == '-' && stop - at == 2)
			stop = word_end(stop + (*stop == ' '));
		else {
			put_slot(p, at, (size_t)(stop - at), depth > 0, join);
			join = false;
		}
		at = stop;
	}
}

/* Where the next " | " outside of brackets is, or the end. */
static const char *
alternative_end(const char *at)
{
	int depth = 0;

	for (; *at != '\0'; at++) {
		depth += (*at == '[') - (*at == ']');
		if (depth == 0 && strncmp(at, " | ", 3) == 0)
			break;
	}
	return at;
}

/* The places that may follow those of set without an argument. */
static uint32_t
skip_optional(const struct pattern *p, uint32_t set)
{
	for (size_t i = 0; i < p->n; i++)
		if ((set & 1u << i) && p->slots[i].optional)
			set |= 1u << (i + 1);
	return set;
}

static bool
accepts(const struct slot *s, const char *word)
{
	if (is_literal(s->text))
		return strcmp(s->text, word) == 0;
	if (strstr(s->text, "TARGET") != NULL)
		return slots_is_target(word) || strchr(s->text, '|') != NULL;
	return true;
}

/* May it be filled once more? A target is one. */
static bool
repeats(const struct slot *s, const char *word)
{
	return s->repeats && !(strstr(s->text, "TARGET") != NULL &&
	    slots_is_target(word));
}

/* From the places of set over one argument. */
static uint32_t
step(const struct pattern *p, uint32_t set, const char *word)
{
	uint32_t next = 0;

	set = skip_optional(p, set);
	for (size_t i = 0; i < p->n; i++)
		if ((set & 1u << i) && accepts(&p->slots[i], word))
			next |= 1u << (i + 1) |
			    (repeats(&p->slots[i], word) ? 1u << i : 0);
	return next;
}

/* In filled, else at the end of args, tells of the slots. */
static void
follow(const struct pattern *p, const char *const *args, int n, bool filled,
    slots_tell *tell, void *context)
{
	uint32_t set = 1;

	for (int k = 0; k <= n; k++) {
		uint32_t may = skip_optional(p, set);

		for (size_t i = 0; i < p->n; i++)
			if ((may & 1u << i) && (filled ? k < n &&
			    accepts(&p->slots[i], args[k]) : k == n))
				tell(context, &p->slots[i], k);
		set = k < n ? step(p, set, args[k]) : 0;
	}
}

static void
each(const char *usage, const char *const *args, int n, bool filled,
    slots_tell *tell, void *context)
{
	struct pattern p = { .n = 0 };
	const char *at = usage;

	if (strncmp(at, "[OPTIONS]", 9) == 0)
		at += 9;
	for (;;) {
		const char *end = alternative_end(at);

		p.n = p.own;
		read_slots(&p, at, end);
		while (at == usage + 9 && p.own < p.n &&
		    !is_literal(p.slots[p.own].text))
			p.own++;
		follow(&p, args, n, filled, tell, context);
		if (*end == '\0')
			return;
		at = end + 3;
	}
}

void
slots_next(const char *usage, const char *const *args, int n,
    slots_tell *tell, void *context)
{
	each(usage, args, n, false, tell, context);
}

void
slots_filled(const char *usage, const char *const *args, int n,
    slots_tell *tell, void *context)
{
	each(usage, args, n, true, tell, context);
}
