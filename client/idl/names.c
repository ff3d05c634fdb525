/*
 * Finding what a user names: see names.h.
 */
#include <stdio.h>
#include <string.h>

#include "idl/names_rank.h"
#include "idl/names_unknown.h"
#include "idl/symbols.h"

enum { CHOICES = 6 };

/* What was written, in its parts; "" where one is missing. */
struct query {
	char program[64], version[64], proc[64];
};

/* The best that was found so far. */
struct search {
	struct query q;
	bool procs;		/* procedures are looked for, not programs */
	const struct namesakes *namesakes;	/* or NULL: by their own names */
	int rank;
	struct procedure best;
	unsigned n;		/* different ones of that rank */
	char choices[CHOICES][96];
};

static int
part(char out[64], const char *text, size_t n)
{
	if (n >= 64)
		return -1;
	memcpy(out, text, n);
	out[n] = '\0';
	return 0;
}

/* [PROGRAM[/VERSION].]PROC, or PROGRAM[/VERSION]. */
static int
split(struct query *q, const char *text, bool procs)
{
	const char *dot = procs ? strrchr(text, '.') : NULL;
	const char *end = dot ? dot : procs ? text : text + strlen(text);
	const char *slash = memchr(text, '/', (size_t)(end - text));
	const char *stop = slash ? slash : end;

	memset(q, 0, sizeof(*q));
	if (part(q->program, text, (size_t)(stop - text)) != 0 ||
	    (slash && part(q->version, slash + 1,
	    (size_t)(end - slash) - 1) != 0))
		return -1;
	if (!procs)
		return 0;
	text = dot ? dot + 1 : text;
	return *text == '\0' ? -1 : part(q->proc, text, strlen(text));
}

static void
set_name(struct procedure *p)
{
	char program[40], proc[40] = "";

	program_short(p->program, program, sizeof(program));
	if (p->proc != NULL)
		proc_short(p->version, p->proc, proc, sizeof(proc));
	if (p->version == NULL)
		snprintf(p->name, sizeof(p->name), "%s", program);
	else
		snprintf(p->name, sizeof(p->name), "%s/%u%s%s", program,
		    p->vers, p->proc ? "." : "", proc);
}

/* Its version of that number, and the procedure in it. */
static bool
has_numbers(struct procedure *p)
{
	for (size_t i = 0; i < p->program->nversions; i++) {
		p->version = &p->program->versions[i];
		if ((uint32_t)p->version->number->value != p->vers)
			continue;
		for (size_t k = 0; k < p->version->nprocs; k++) {
			p->proc = &p->version->procs[k];
			if ((uint32_t)p->proc->number->value == p->number)
				return true;
		}
	}
	return false;
}

bool
procedure_of(const struct library *l, uint32_t prog, uint32_t vers,
    uint32_t number, struct procedure *p)
{
	for (size_t i = 0; i < l->n; i++) {
		struct procedure q = { .schema = l->schemas[i],
			.path = l->paths[i], .prog = prog, .vers = vers,
			.number = number,
			.program = schema_program(l->schemas[i], prog) };

		if (q.program != NULL && has_numbers(&q)) {
			set_name(&q);
			*p = q;
			return true;
		}
	}
	return false;
}

static bool
is_other(const struct procedure *a, const struct procedure *b)
{
	return a->prog != b->prog || a->vers != b->vers ||
	    a->number != b->number;
}

static void
offer(struct search *s, int rank, struct procedure *p)
{
	p->prog = (uint32_t)p->program->number->value;
	p->vers = p->version ? (uint32_t)p->version->number->value : 0;
	p->number = p->proc ? (uint32_t)p->proc->number->value : 0;
	set_name(p);
	if (rank < s->rank) {
		s->rank = rank;
		s->best = *p;
		s->n = 0;
	} else if (rank > s->rank || !is_other(p, &s->best))
		return;
	for (unsigned i = 0; i < s->n && i < CHOICES; i++)
		if (strcmp(s->choices[i], p->name) == 0)
			return;	/* the same in another file */
	if (s->n < CHOICES)
		strcpy(s->choices[s->n], p->name);
	s->n++;
}

static void
search_version(struct search *s, struct procedure *p, int rank)
{
	const struct idl_version *v = p->version;

	for (size_t i = 0; i < v->nprocs; i++) {
		int own = rank_proc(v, &v->procs[i], s->q.proc);

		p->proc = &v->procs[i];
		if (own != RANK_NONE)
			offer(s, 4 * rank + own, p);
	}
	p->proc = NULL;
}

static void
search_program(struct search *s, struct procedure *p, int rank)
{
	const struct idl_program *g = p->program;

	if (!s->procs && s->q.version[0] == '\0') {
		p->version = NULL;
		offer(s, rank, p);
		return;
	}
	for (size_t i = 0; i < g->nversions; i++) {
		p->version = &g->versions[i];
		if (!rank_is_version(p->version, s->q.version))
			continue;
		if (s->procs)
			search_version(s, p, rank);
		else
			offer(s, rank, p);
	}
}

static void
search_from(struct search *s, const struct library *l, size_t from)
{
	for (size_t i = from; i < l->n; i++) {
		const struct schema *c = l->schemas[i];

		for (size_t k = 0; k < c->ndefs; k++) {
			struct procedure p = { .schema = c,
				.path = l->paths[i],
				.program = c->defs[k]->program };
			int rank = p.program == NULL ? RANK_NONE :
			    s->namesakes ? namesakes_rank(s->namesakes,
			    p.program) : rank_program(p.program, p.path,
			    s->q.program);

			if (rank != RANK_NONE)
				search_program(s, &p, rank);
		}
	}
}

static int
ambiguous(const struct search *s, const char *text, struct failure *f)
{
	char list[400] = "";
	size_t n = 0;

	for (unsigned i = 0; i < s->n && i < CHOICES && n < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s",
		    i ? ", " : "", s->choices[i]);
	failure_set(f, EXIT_USAGE, "\"%s\" is ambiguous", text);
	failure_hint(f, "one of %s%s", list, s->n > CHOICES ? ", ..." : "");
	return -EXIT_USAGE;
}

/* The number of the program, and the name that it goes by. */
static int
program_number(const struct search *s, const struct library *l,
    uint32_t *prog, char name[40])
{
	struct search programs = { .rank = RANK_NONE };

	if (rank_number(s->q.program, prog) == 0) {
		snprintf(name, 40, "%u", *prog);
		return 0;
	}
	if (!s->procs)
		return -1;
	memcpy(programs.q.program, s->q.program, sizeof(s->q.program));
	search_from(&programs, l, 0);
	if (programs.n != 1 || s->q.program[0] == '\0')
		return -1;
	*prog = programs.best.prog;
	program_short(programs.best.program, name, 40);
	return 0;
}

/* Numbers need no schema, but a procedure's program may go by its name. */
static int
by_numbers(const struct search *s, const struct library *l,
    struct procedure *p)
{
	char program[40];

	memset(p, 0, sizeof(*p));
	if (rank_number(s->q.version, &p->vers) != 0 ||
	    (s->procs && rank_number(s->q.proc, &p->number) != 0) ||
	    program_number(s, l, &p->prog, program) != 0)
		return -1;
	if (s->procs)
		snprintf(p->name, sizeof(p->name), "%s/%u.%u", program,
		    p->vers, p->number);
	else
		snprintf(p->name, sizeof(p->name), "%s/%u", program, p->vers);
	return 0;
}

static int
find(struct library *l, const char *text, bool procs, struct procedure *p,
    struct failure *f)
{
	struct search s = { .procs = procs, .rank = RANK_NONE };
	struct namesakes namesakes;
	size_t own = l->n;

	if (split(&s.q, text, procs) != 0)
		return failure_set(f, EXIT_USAGE, "\"%.60s\" names no %s: "
		    "write PROGRAM/VERSION%s", text, procs ? "procedure" :
		    "program", procs ? ".PROCEDURE" : "");
	search_from(&s, l, 0);
	if (s.n == 0 && !l->standard) {
		library_add_standard(l);
		search_from(&s, l, own);
	}
	if (s.n == 0) {
		namesakes_find(&namesakes, l, s.q.program);
		s.namesakes = &namesakes;
		search_from(&s, l, 0);
	}
	if (s.n > 1)
		return ambiguous(&s, text, f);
	if (s.n == 1) {
		*p = s.best;
		return 0;
	}
	return by_numbers(&s, l, p) == 0 ? 0 : names_unknown(l, text,
	    s.q.program, s.q.version, s.q.proc, f);
}

bool
procedure_known(const struct library *l, const char *text)
{
	struct search s = { .procs = true, .rank = RANK_NONE };

	if (split(&s.q, text, true) == 0)
		search_from(&s, l, 0);
	return s.n > 0;
}

int
procedure_find(struct library *l, const char *text, struct procedure *p,
    struct failure *f)
{
	return find(l, text, true, p, f);
}

int
program_find(struct library *l, const char *text, struct procedure *p,
    struct failure *f)
{
	return find(l, text, false, p, f);
}

typedef const struct idl_def *look(const struct schema *s, const char *name);

static const struct idl_def *
def_from(const struct library *l, size_t from, look *in, const char *name,
    const char **path)
{
	for (size_t i = from; i < l->n; i++) {
		const struct idl_def *d = in(l->schemas[i], name);

		*path = l->paths[i];
		if (d != NULL && !d->c)
			return d;
	}
	return NULL;
}

static const struct idl_def *
def_find(struct library *l, look *in, const char *name, const char **path)
{
	const struct idl_def *d = def_from(l, 0, in, name, path);
	size_t own = l->n;

	if (d != NULL || l->standard)
		return d;
	library_add_standard(l);
	return def_from(l, own, in, name, path);
}

const struct idl_def *
type_find(struct library *l, const char *name, const char **path)
{
	return def_find(l, schema_type, name, path);
}

const struct idl_def *
constant_find(struct library *l, const char *name, const char **path)
{
	return def_find(l, schema_constant, name, path);
}
