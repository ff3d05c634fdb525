/*
 * Programs, gathered and printed: see listing.h. Called by verb_list.c.
 */
#include "listing.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "idl/names.h"
#include "programs.h"
#include "report/grid.h"
#include "report/jsonw.h"
#include "report/stream.h"
#include "target.h"

enum { WIDTH = 120, COLUMNS = 6 };

/* "tcp6" is rpc/tcp; a netid that is none of ours stands for itself. */
static const char *
mechanism_of(const char *netid)
{
	size_t n = strlen(netid);

	for (int i = 0; i < MECH_COUNT; i++) {
		const char *ours = mech_info[i].netid;

		if (strcmp(ours, netid) == 0 || (n > 1 && netid[n - 1] == '6' &&
		    strlen(ours) == n - 1 && strncmp(ours, netid, n - 1) == 0))
			return mech_info[i].name;
	}
	return netid;
}

/* A new line; NULL without memory. */
static struct listed *
append(struct listing *l, uint32_t prog)
{
	struct listed *more;

	if ((l->n & (l->n - 1)) == 0) {
		more = realloc(l->programs, (l->n ? 2 * l->n : 1) *
		    sizeof(*more));
		if (more == NULL)
			return NULL;
		l->programs = more;
	}
	l->programs[l->n] = (struct listed){ .prog = prog };
	return &l->programs[l->n++];
}

/* The line of prog, in the order of coming; NULL without memory. */
static struct listed *
program(struct listing *l, uint32_t prog)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->programs[i].prog == prog)
			return &l->programs[i];
	return append(l, prog);
}

static void
add_version(struct listed *p, uint32_t vers)
{
	size_t i = 0;

	while (i < p->nversions && p->versions[i] < vers)
		i++;
	if ((i < p->nversions && p->versions[i] == vers) ||
	    p->nversions == LISTED_VERSIONS)
		return;
	memmove(&p->versions[i + 1], &p->versions[i],
	    (p->nversions - i) * sizeof(p->versions[0]));
	p->versions[i] = vers;
	p->nversions++;
}

/* Ours in the order of mechs.def, others after them. */
static int
place_of(const char *mechanism)
{
	int id = mech_by_name(mechanism);

	return id < 0 ? MECH_COUNT : id;
}

static void
add_mechanism(struct listed *p, const char *name)
{
	size_t i = 0;

	for (size_t k = 0; k < p->nmechanisms; k++)
		if (strcmp(p->mechanisms[k], name) == 0)
			return;
	if (p->nmechanisms == LISTED_MECHANISMS)
		return;
	while (i < p->nmechanisms &&
	    place_of(p->mechanisms[i]) <= place_of(name))
		i++;
	memmove(&p->mechanisms[i + 1], &p->mechanisms[i],
	    (p->nmechanisms - i) * sizeof(p->mechanisms[0]));
	p->mechanisms[i] = name;
	p->nmechanisms++;
}

static int
add_entries(struct listing *l, const struct binder_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct listed *p = program(l, entries[i].prog);

		if (p == NULL)
			return -ENOMEM;
		add_version(p, entries[i].vers);
		add_mechanism(p, mechanism_of(entries[i].netid));
	}
	return 0;
}

/* Procedures are counted of the newest version. */
static void
count(struct listed *p, uint32_t vers, size_t n)
{
	if (p->procedures == 0 || vers > p->newest) {
		p->newest = vers;
		p->procedures = 0;
	}
	p->procedures += vers == p->newest ? n : 0;
}

static int
add_procedure(struct listing *l, const reflect_procedure *r)
{
	struct listed *p = program(l, r->prog);

	if (p == NULL)
		return -ENOMEM;
	add_version(p, r->vers);
	count(p, r->vers, 1);
	p->idl = "reflection";
	snprintf(p->name, sizeof(p->name), "%s", r->service);
	for (char *c = p->name; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	return 0;
}

int
listing_add_present(struct listing *l, const struct present *p)
{
	const reflect_list *list = &p->daemon.list;

	if (add_entries(l, p->entries, p->n) != 0)
		return -ENOMEM;
	for (u_int i = 0; i < list->procedures.procedures_len; i++)
		if (add_procedure(l, &list->procedures.procedures_val[i]) != 0)
			return -ENOMEM;
	/* Each program that a daemon tells of is served where it listens. */
	for (size_t i = 0; i < l->n; i++)
		for (u_int k = 0; l->programs[i].procedures > 0 &&
		    k < list->endpoints.endpoints_len; k++)
			add_mechanism(&l->programs[i],
			    list->endpoints.endpoints_val[k].mechanism);
	return 0;
}

/* What schema i of lib says of its program g. */
static void
describe(struct listed *p, const struct library *lib, size_t i,
    const struct idl_program *g)
{
	p->idl = lib->paths[i];
	if (p->name[0] == '\0')
		program_short(g, p->name, sizeof(p->name));
}

static void
add_schema_version(struct listed *p, const struct idl_version *v)
{
	add_version(p, (uint32_t)v->number->value);
	count(p, (uint32_t)v->number->value, v->nprocs);
}

int
listing_add_schemas(struct listing *l, const struct library *lib)
{
	for (size_t i = 0; i < lib->n; i++) {
		const struct schema *s = lib->schemas[i];

		for (size_t k = 0; k < s->ndefs; k++) {
			const struct idl_program *g = s->defs[k]->program;
			struct listed *p = g ? append(l,
			    (uint32_t)g->number->value) : NULL;

			if (g != NULL && p == NULL)
				return -ENOMEM;
			for (size_t v = 0; g && v < g->nversions; v++)
				add_schema_version(p, &g->versions[v]);
			if (g != NULL)
				describe(p, lib, i, g);
		}
	}
	return 0;
}

/* Schemas of lib in [from, to): does one have p's version vers? */
static bool
describe_version(struct listed *p, uint32_t vers, const struct library *lib,
    size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct idl_program *g = schema_program(lib->schemas[i],
		    p->prog);

		for (size_t v = 0; g && v < g->nversions; v++) {
			if (g->versions[v].number->value != vers)
				continue;
			p->newest = vers;
			p->procedures = g->versions[v].nprocs;
			describe(p, lib, i, g);
			return true;
		}
	}
	return false;
}

/* By the newest version that anything describes. */
static bool
describe_newest(struct listed *p, const struct library *lib, size_t from,
    size_t to)
{
	for (size_t i = p->nversions; i > 0; i--)
		if (describe_version(p, p->versions[i - 1], lib, from, to))
			return true;
	return false;
}

void
listing_describe(struct listing *l, struct library *lib)
{
	size_t own = lib->n;

	for (size_t i = 0; i < l->n; i++) {
		struct listed *p = &l->programs[i];

		if (describe_newest(p, lib, 0, own) || p->idl != NULL)
			continue;
		library_add_standard(lib);
		describe_newest(p, lib, own, lib->n);
	}
}

/* rpc(5)'s names before a daemon's or a schema's own, but for ours. */
static const char *
name_of(const struct listed *p, char *out, size_t size)
{
	program_name(p->prog, out, size);
	if (isdigit((unsigned char)out[0]))
		snprintf(out, size, "%s", p->name[0] ? p->name : "-");
	return out;
}

static void
versions_cell(struct grid *g, const struct listed *p)
{
	char text[LISTED_VERSIONS * 11 + 1] = "";
	size_t len = 0;

	for (size_t i = 0; i < p->nversions; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%u", i ? "," : "", p->versions[i]);
	grid_cell(g, text);
}

static void
mechanisms_cell(struct grid *g, const struct listed *p)
{
	char text[LISTED_MECHANISMS * (REFLECT_NAME_MAX + 1) + 1] = "";
	size_t len = 0;

	for (size_t i = 0; i < p->nmechanisms; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%s", i ? " " : "", p->mechanisms[i]);
	grid_cell(g, p->nmechanisms > 0 ? text : "-");
}

static void
put_program(struct grid *g, const struct listed *p)
{
	char text[64];

	grid_row(g, GRID_PLAIN);
	grid_cell(g, name_of(p, text, sizeof(text)));
	snprintf(text, sizeof(text), p->prog >= 0x20000000 ? "0x%x" : "%u",
	    p->prog);
	grid_cell(g, text);
	versions_cell(g, p);
	snprintf(text, sizeof(text), "%zu", p->procedures);
	grid_cell(g, p->procedures > 0 ? text : "-");
	mechanisms_cell(g, p);
	grid_cell(g, p->idl ? p->idl : "-");
}

void
listing_put(struct jsonw *w, const struct listing *l)
{
	char text[64];

	jsonw_open(w, "programs", '[');
	for (size_t i = 0; i < l->n; i++) {
		const struct listed *p = &l->programs[i];

		jsonw_open(w, NULL, '{');
		jsonw_string(w, "name", name_of(p, text, sizeof(text)));
		jsonw_uint(w, "program", p->prog);
		jsonw_open(w, "versions", '[');
		for (size_t k = 0; k < p->nversions; k++)
			jsonw_uint(w, NULL, p->versions[k]);
		jsonw_close(w, ']');
		jsonw_uint(w, "procedures", p->procedures);
		jsonw_open(w, "mechanisms", '[');
		for (size_t k = 0; k < p->nmechanisms; k++)
			jsonw_string(w, NULL, p->mechanisms[k]);
		jsonw_close(w, ']');
		jsonw_string(w, "idl", p->idl ? p->idl : "");
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

int
listing_print(FILE *out, const struct listing *l, bool color)
{
	static const char *const head[COLUMNS] = { "PROGRAM", "NUMBER",
		"VERS", "PROCS", "MECHANISMS", "IDL" };
	struct grid g;
	int err;

	grid_init(&g, COLUMNS, COLUMNS);
	grid_row(&g, GRID_HEAD);
	for (int i = 0; i < COLUMNS; i++)
		grid_cell(&g, head[i]);
	for (size_t i = 0; i < l->n; i++)
		put_program(&g, &l->programs[i]);
	err = grid_print(&g, out, WIDTH, color);
	grid_release(&g);
	return err ? err : stream_flush(out);
}

void
listing_release(struct listing *l)
{
	free(l->programs);
	l->programs = NULL;
	l->n = 0;
}
