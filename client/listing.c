/*
 * Programs, gathered and printed: see listing.h. Called by verb_list.c.
 */
#include "listing.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "programs.h"
#include "report/grid.h"
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

/* The line of prog, in the order of coming; NULL without memory. */
static struct listed *
program(struct listing *l, uint32_t prog)
{
	struct listed *more;

	for (size_t i = 0; i < l->n; i++)
		if (l->programs[i].prog == prog)
			return &l->programs[i];
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

static void
add_mechanism(struct listed *p, const char *name)
{
	for (size_t i = 0; i < p->nmechanisms; i++)
		if (strcmp(p->mechanisms[i], name) == 0)
			return;
	if (p->nmechanisms < LISTED_MECHANISMS)
		p->mechanisms[p->nmechanisms++] = name;
}

int
listing_add_entries(struct listing *l, const struct binder_entry *entries,
    size_t n)
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
static int
add_procedure(struct listing *l, const reflect_procedure *r)
{
	struct listed *p = program(l, r->prog);

	if (p == NULL)
		return -ENOMEM;
	add_version(p, r->vers);
	if (p->procedures == 0 || r->vers > p->newest) {
		p->newest = r->vers;
		p->procedures = 0;
	}
	p->procedures += r->vers == p->newest;
	snprintf(p->name, sizeof(p->name), "%s", r->service);
	for (char *c = p->name; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	return 0;
}

int
listing_add_reflection(struct listing *l, const reflect_list *list)
{
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

/* rpcbind's and rpc(5)'s names before the daemon's own, but for ours. */
static const char *
name_of(const struct listed *p, char *out, size_t size)
{
	program_name(p->prog, out, size);
	if (strncmp(out, "0x", 2) == 0 && p->name[0] != '\0')
		snprintf(out, size, "%s", p->name);
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
	grid_cell(g, text);
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
	snprintf(text, sizeof(text), "%u", p->procedures);
	grid_cell(g, p->procedures > 0 ? text : "-");
	mechanisms_cell(g, p);
	grid_cell(g, p->procedures > 0 ? "reflection" : "-");
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
