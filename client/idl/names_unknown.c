/*
 * Names that nothing has: see names_unknown.h. Used by names.c and by who
 * wants to describe a procedure.
 */
#include "idl/names_unknown.h"

#include <stdio.h>
#include <string.h>

#include "idl/names_near.h"

enum { LIST = 320 };	/* bytes of what there is, in a hint */

/* "1 STATS, 2 HAVEDISK" */
static void
hint_procedures(const struct idl_version *v, struct failure *f)
{
	char list[LIST] = "", name[40];
	size_t len = 0, i;

	for (i = 0; i < v->nprocs && len + 64 < sizeof(list); i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len,
		    "%s%lld %s", i > 0 ? ", " : "",
		    (long long)v->procs[i].number->value,
		    proc_short(v, &v->procs[i], name, sizeof(name)));
	failure_hint(f, "it has %s%s", list, i < v->nprocs ? ", ..." : "");
}

/* The one version that was meant, or NULL. */
static const struct idl_version *
version_meant(struct library *l, const char *program, const char *version,
    struct procedure *p)
{
	struct failure quiet = { 0 };
	char text[160];

	snprintf(text, sizeof(text), "%s%s%s", program, version[0] ? "/" : "",
	    version);
	if (program[0] == '\0' || program_find(l, text, p, &quiet) != 0 ||
	    p->program == NULL)
		return NULL;
	return p->version == NULL && p->program->nversions == 1 ?
	    &p->program->versions[0] : p->version;
}

/* A program that is known, of a version that is not: told; or false. */
static bool
unknown_version(struct library *l, const char *program, const char *version,
    struct failure *f)
{
	struct failure quiet = { 0 };
	char list[LIST] = "";
	struct procedure p;
	size_t len = 0, i;

	if (version[0] == '\0' || program[0] == '\0' ||
	    program_find(l, program, &p, &quiet) != 0 || p.program == NULL)
		return false;
	for (i = 0; i < p.program->nversions && len + 64 < sizeof(list); i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len,
		    "%s%s/%lld", i > 0 ? " " : "", p.name,
		    (long long)p.program->versions[i].number->value);
	failure_set(f, EXIT_USAGE, "no interface here has a version \"%.60s\" "
	    "of %s", version, p.name);
	failure_hint(f, "there is %s%s", list,
	    i < p.program->nversions ? " ..." : "");
	return true;
}

int
names_unknown(struct library *l, const char *text, const char *program,
    const char *version, const char *proc, struct failure *f)
{
	const struct idl_version *v = NULL;
	struct procedure p;
	char near[96];

	if (proc[0] != '\0')
		v = version_meant(l, program, version, &p);
	else if (unknown_version(l, program, version, f))
		return -EXIT_USAGE;
	if (v != NULL)
		failure_set(f, EXIT_USAGE, "%s has no procedure \"%.60s\"",
		    p.name, proc);
	else
		failure_set(f, EXIT_USAGE, "no interface here has a %s "
		    "\"%.60s\"", proc[0] ? "procedure" : "program", text);
	if (names_nearest(l, program, version, proc, near))
		failure_hint(f, "did you mean %s?", near);
	if (v != NULL)
		hint_procedures(v, f);
	else
		failure_hint(f, "name its .x file: -i FILE, or use numbers: "
		    "PROGRAM/VERSION%s", proc[0] ? ".PROCEDURE" : "");
	return -EXIT_USAGE;
}

int
names_unknown_word(const struct library *l, const char *text, bool all,
    struct failure *f)
{
	char near[96];

	/* What several have was told with all of them. */
	if (f->code != EXIT_USAGE || text[strcspn(text, "./")] != '\0' ||
	    text[0] == '\0' || procedure_known(l, text))
		return -f->code;
	f->code = 0;
	failure_set(f, EXIT_USAGE, "no interface here has a %s \"%.60s\"",
	    all ? "program, procedure, type or constant" : "type or procedure",
	    text);
	if (names_nearest_word(l, text, all, near))
		failure_hint(f, "did you mean %s?", near);
	failure_hint(f, "name its .x file: -i FILE");
	return -EXIT_USAGE;
}

/* p's version in an interface, and then the program's name there; or NULL. */
static const struct idl_version *
version_of(const struct library *l, const struct procedure *p, char name[40])
{
	for (size_t i = 0; i < l->n; i++) {
		const struct idl_program *g = schema_program(l->schemas[i],
		    p->prog);

		for (size_t k = 0; g != NULL && k < g->nversions; k++)
			if ((uint32_t)g->versions[k].number->value == p->vers) {
				program_short(g, name, 40);
				return &g->versions[k];
			}
	}
	return NULL;
}

int
names_undescribed(const struct library *l, const struct procedure *p,
    struct failure *f)
{
	char name[40];
	const struct idl_version *v = version_of(l, p, name);

	if (v == NULL)
		return failure_set(f, EXIT_USAGE, "no interface here "
		    "describes %s", p->name);
	failure_set(f, EXIT_USAGE, "%s/%u has no procedure %u%s", name, p->vers,
	    p->number, p->number == 0 ? " in its interface: it is NULL, of "
	    "void, as in every program" : "");
	hint_procedures(v, f);
	return -EXIT_USAGE;
}
