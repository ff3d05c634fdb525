/*
 * Programs, procedures and types at the cursor: see sources.h.
 */
#include <stdio.h>
#include <string.h>

#include "complete/slots.h"
#include "complete/sources.h"
#include "idl/names_rank.h"
#include "programs.h"

/* A program of one of the schemas, in one version. */
struct offer {
	const struct idl_version *version;
	uint32_t prog, vers;
	char name[80];		/* "KV/1" */
};

struct walk {
	const struct known *known;
	void (*tell)(struct walk *w, const struct offer *o);
	struct candidates *c;
	char part[64], vers[16];	/* of what is written: "KV", "1" */
	struct candidates names;	/* "KV/1": programs that match, */
	const struct idl_version *only;	/* and the last of them */
	unsigned kinds;
};

static bool
is_offered(const struct known *k, size_t schema, const struct idl_program *g)
{
	if (schema < k->own || k->registered == NULL)
		return true;
	for (size_t i = 0; i < k->nregistered; i++)
		if (k->registered[i] == (uint32_t)g->number->value)
			return true;
	return false;
}

static void
tell_versions(struct walk *w, const struct idl_program *g)
{
	struct offer o = { .prog = (uint32_t)g->number->value };
	char program[64];

	program_short(g, program, sizeof(program));
	for (size_t i = 0; i < g->nversions; i++) {
		o.version = &g->versions[i];
		o.vers = (uint32_t)o.version->number->value;
		snprintf(o.name, sizeof(o.name), "%s/%u", program, o.vers);
		if (o.version->nprocs > 0)
			w->tell(w, &o);
	}
}

/* Each program and version, the same one in two files perhaps twice. */
static void
walk_programs(struct walk *w)
{
	const struct library *l = &w->known->library;

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->schemas[i]->ndefs; k++) {
			const struct idl_program *g =
			    l->schemas[i]->defs[k]->program;

			if (g == NULL || !is_offered(w->known, i, g))
				continue;
			if (w->part[0] == '\0' || rank_program(g, l->paths[i],
			    w->part) != RANK_NONE)
				tell_versions(w, g);
		}
}

static void
add_procs(struct candidates *c, const struct idl_version *v,
    const char *before)
{
	for (size_t i = 0; i < v->nprocs; i++) {
		char proc[96];

		candidates_addf(c, false, "%s%s", before, proc_short(v,
		    &v->procs[i], proc, sizeof(proc)));
	}
}

/* "KV." or "KV/1." is written: its procedures follow. */
static void
tell_procs(struct walk *w, const struct offer *o)
{
	if (rank_is_version(o->version, w->vers))
		add_procs(w->c, o->version, "");
}

/* By the name of rpc(5), too, which `rpcall list` shows: "rpcbind". */
static void
tell_name(struct walk *w, const struct offer *o)
{
	size_t before = w->names.n;
	char name[64];

	candidates_add(&w->names, o->name, false);
	if (w->names.n == before && w->c->word[0] != '\0')
		candidates_addf(&w->names, false, "%s/%u",
		    program_name(o->prog, name, sizeof(name)), o->vers);
	if (w->names.n > before)
		w->only = o->version;
}

/* "GET" alone, where no program begins so. */
static void
tell_bare(struct walk *w, const struct offer *o)
{
	add_procs(w->c, o->version, "");
}

/* One program is gone into, several are named. */
static void
add_names(struct walk *w)
{
	char before[96];

	for (size_t i = 0; i < w->names.n; i++)
		if ((w->kinds & PROGRAMS) != 0)
			candidates_add(w->c, w->names.list[i].text,
			    w->kinds != PROGRAMS);
		else if (w->names.n > 1)
			candidates_addf(w->c, true, "%s.",
			    w->names.list[i].text);
	if (w->names.n != 1 || w->kinds == PROGRAMS)
		return;
	snprintf(before, sizeof(before), "%s.", w->names.list[0].text);
	add_procs(w->c, w->only, before);
}

/* No dot yet. */
static void
names(struct walk *w)
{
	w->names.word = w->c->word;
	w->names.any_case = true;
	w->tell = tell_name;
	walk_programs(w);
	candidates_sort(&w->names);
	add_names(w);
	if (w->names.n == 0 && w->c->word[0] != '\0' &&
	    w->kinds != PROGRAMS) {
		w->tell = tell_bare;
		walk_programs(w);
	}
	candidates_release(&w->names);
}

/* Splits "KV/1.G" behind the dot; false where a part is too long. */
static bool
split(struct walk *w, const char *dot)
{
	const char *word = w->c->word;
	const char *slash = memchr(word, '/', (size_t)(dot - word));
	const char *end = slash ? slash : dot;

	if ((size_t)(end - word) >= sizeof(w->part) ||
	    (size_t)(dot - end) > sizeof(w->vers))
		return false;
	snprintf(w->part, sizeof(w->part), "%.*s", (int)(end - word), word);
	if (slash != NULL)
		snprintf(w->vers, sizeof(w->vers), "%.*s",
		    (int)(dot - slash - 1), slash + 1);
	return true;
}

void
complete_procedure(struct candidates *c, const struct context *p,
    unsigned kinds)
{
	struct walk w = { .known = p->known, .c = c, .kinds = kinds };
	const char *dot = strrchr(c->word, '.');

	known_load(p);
	c->any_case = true;
	if (dot == NULL || kinds == PROGRAMS)
		names(&w);
	else if (split(&w, dot)) {
		candidates_skip(c, (size_t)(dot + 1 - c->word));
		w.tell = tell_procs;
		walk_programs(&w);
	}
	c->any_case = false;
}

void
complete_type(struct candidates *c, const struct context *p)
{
	const struct library *l = &p->known->library;

	known_load(p);
	/* All types of everything that is installed would be thousands. */
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->schemas[i]->ndefs; k++) {
			const struct idl_def *d = l->schemas[i]->defs[k];

			if ((d->kind == DEF_TYPE || d->kind == DEF_TYPEDEF) &&
			    !d->c && (i < p->known->own || c->word[0] != '\0'))
				candidates_add(c, d->name, false);
		}
}

struct named {
	const struct context *in;
	const struct idl_proc *proc;
	int which;
};

static void
find_procedure(void *context, const struct slot *s, int which)
{
	struct named *x = context;
	struct failure quiet = { 0 };
	struct procedure found;

	if (x->proc == NULL && strstr(s->text, "PROCEDURE") != NULL &&
	    procedure_find(&x->in->known->library,
	    x->in->line->args[which], &found, &quiet) == 0) {
		x->proc = found.proc;
		x->which = which;
	}
}

const struct idl_proc *
line_procedure(const struct context *p, int *which)
{
	struct named x = { .in = p };

	known_load(p);
	slots_filled(p->line->verb->usage, p->line->args, p->line->nargs,
	    find_procedure, &x);
	*which = x.which;
	return x.proc;
}
