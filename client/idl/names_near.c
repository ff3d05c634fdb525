/*
 * The nearest name: see names_near.h. Used by names.c, for a hint.
 */
#include "idl/names_near.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/names_rank.h"

enum {
	NAME = 64,		/* of what is compared, bytes */
	FAR = 1000,
	OTHER_VERSION = 1,	/* what a version that is not there counts */
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

	/* A query's and a program's parts are shorter. */
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
	int n = written[0] == '\0' ? 0 : edits(written, name);

	return n <= (int)strlen(written) / 3 + 1 ? n : FAR;
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
look_at(struct near *n, const struct idl_program *g, const char *path)
{
	char program[40], proc[40];
	int far = rank_program(g, path, n->program) == RANK_NONE ?
	    distance(n->program, program_short(g, program, sizeof(program))) :
	    0;

	program_short(g, program, sizeof(program));
	if (n->proc[0] == '\0') {
		offer(n, far, program, NULL, NULL);
		return;
	}
	for (size_t i = 0; i < g->nversions && far < FAR; i++) {
		const struct idl_version *v = &g->versions[i];
		int other = rank_is_version(v, n->version) ? 0 :
		    OTHER_VERSION;

		for (size_t k = 0; k < v->nprocs; k++) {
			proc_short(v, &v->procs[k], proc, sizeof(proc));
			offer(n, far + other + distance(n->proc, proc),
			    program, v, proc);
		}
	}
}

bool
names_nearest(const struct library *l, const char *program,
    const char *version, const char *proc, char out[96])
{
	struct near n = { program, version, proc, FAR, out };

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->schemas[i]->ndefs; k++)
			if (l->schemas[i]->defs[k]->program != NULL)
				look_at(&n, l->schemas[i]->defs[k]->program,
				    l->paths[i]);
	return n.best < FAR;
}
