/*
 * The nearest name: see names_near.h. Used by names.c, for a hint.
 */
#include "idl/names_near.h"

#include <assert.h>
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/names_rank.h"

enum {
	NAME = 64,		/* of what is compared, bytes */
	FAR = 1000,
	/* Another program counts more than an interface that nobody named,
	 * than another version of the same, and that more than any slip in
	 * the procedure's name. */
	OTHER_PROGRAM = 10000, INSTALLED = 1000, OTHER_VERSION = 100,
	NONE = 1000 * OTHER_PROGRAM,
};

static int
smallest(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Insertions, deletions, changes from a to b, whatever their case. */
static int
edits(const char *a, const char *b)
{
	int row[NAME + 1], n = (int)strlen(b), corner;

	assert(n <= NAME);
	for (int k = 0; k <= n; k++)
		row[k] = k;
	for (int i = 1; a[i - 1] != '\0'; i++) {
		corner = row[0];
		row[0] = i;
		for (int k = 1; k <= n; k++) {
			bool same = tolower((unsigned char)a[i - 1]) ==
			    tolower((unsigned char)b[k - 1]);
			int next = smallest(row[k] + 1, row[k - 1] + 1,
			    corner + !same);

			corner = row[k];
			row[k] = next;
		}
	}
	return row[n];
}

/* Edits that are a slip of the finger; more make another name. */
static int
distance(const char *written, const char *name)
{
	int n = written[0] == '\0' ? 0 : strlen(name) > NAME ? FAR :
	    edits(written, name);

	return n <= (int)strlen(written) / 3 + 1 ? n : FAR;
}

int
names_slips(const char *written, const char *name)
{
	int n = distance(written, name);

	return n == FAR ? INT_MAX : n;
}

struct near {
	const char *program, *version, *proc;
	int best;
	char *out;
};

static void
offer(struct near *n, int d, const char *program, const struct idl_version *v,
    const char *proc)
{
	if (d >= n->best)
		return;
	n->best = d;
	if (v == NULL)
		snprintf(n->out, 96, "%s", program);
	else
		snprintf(n->out, 96, "%s/%lld.%s", program,
		    (long long)v->number->value, proc);
}

static void
look_into(struct near *n, const char *program, const struct idl_version *v,
    int far)
{
	char proc[40];

	if (!rank_is_version(v, n->version))
		far += OTHER_VERSION;
	for (size_t k = 0; k < v->nprocs; k++) {
		int d = distance(n->proc, proc_short(v, &v->procs[k], proc,
		    sizeof(proc)));

		if (d < FAR)
			offer(n, far + d, program, v, proc);
	}
}

static void
look_at(struct near *n, const struct namesakes *same,
    const struct idl_program *g, int away)
{
	char program[40];
	int far = namesakes_rank(same, g) == RANK_NONE ?
	    distance(n->program, program_short(g, program, sizeof(program))) :
	    0;

	if (far == FAR)
		return;
	program_short(g, program, sizeof(program));
	if (n->proc[0] == '\0') {
		offer(n, away + far, program, NULL, NULL);
		return;
	}
	for (size_t i = 0; i < g->nversions; i++)
		look_into(n, program, &g->versions[i],
		    away + far * OTHER_PROGRAM);
}

/* What schema i of the library counts more than one that was named. */
static int
distance_of(const struct library *l, size_t i)
{
	return l->standard && i >= l->own ? INSTALLED : 0;
}

bool
names_nearest(const struct library *l, const char *program,
    const char *version, const char *proc, char out[96])
{
	struct near n = { program, version, proc, NONE, out };
	struct namesakes same;

	namesakes_find(&same, l, program);
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->schemas[i]->ndefs; k++)
			if (l->schemas[i]->defs[k]->program != NULL)
				look_at(&n, &same,
				    l->schemas[i]->defs[k]->program,
				    distance_of(l, i));
	return n.best < NONE;
}

static void
offer_word(struct near *n, const char *name, int away)
{
	int d = distance(n->proc, name);

	/* There are so many that some are near to anything. */
	if (d <= (int)(strlen(n->proc) + 2) / 3)
		offer(n, away + d, name, NULL, NULL);
}

static void
look_at_program(struct near *n, const struct idl_program *g, bool all,
    int away)
{
	char program[40];

	program_short(g, program, sizeof(program));
	if (all)
		offer_word(n, program, away);
	for (size_t i = 0; i < g->nversions; i++)
		look_into(n, program, &g->versions[i], away);
}

static void
look_at_def(struct near *n, const struct idl_def *d, bool all, int away)
{
	if (d->program != NULL) {
		look_at_program(n, d->program, all, away);
		return;
	}
	if (d->c || d->name == NULL || (d->kind == DEF_CONST && !all))
		return;
	offer_word(n, d->name, away);
	for (size_t i = 0; all && d->type != NULL && i < d->type->nitems; i++)
		offer_word(n, d->type->items[i].name, away);
}

bool
names_nearest_word(const struct library *l, const char *word, bool all,
    char out[96])
{
	struct near n = { "", "", word, NONE, out };

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->schemas[i]->ndefs; k++)
			look_at_def(&n, l->schemas[i]->defs[k], all,
			    distance_of(l, i));
	return n.best < NONE;
}
