/*
 * How well a name fits what a user wrote: see names_rank.h.
 */
#include "idl/names_rank.h"

#include <ctype.h>
#include <errno.h>
#include <rpc/netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

int
rank_number(const char *text, uint32_t *n)
{
	char *end;
	unsigned long v;

	if (!isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	v = strtoul(text, &end, 0);
	*n = (uint32_t)v;
	return *end == '\0' && errno == 0 && v <= UINT32_MAX ? 0 : -1;
}

/* name without one of the usual endings. */
static size_t
stem_of(const char *name)
{
	static const char *const endings[] = { "_PROGRAM", "_PROG", "PROGRAM",
		"PROG", NULL };
	size_t n = strlen(name);

	for (int i = 0; endings[i] != NULL; i++) {
		size_t k = strlen(endings[i]);

		if (n > k && strcasecmp(name + n - k, endings[i]) == 0)
			return n - k;
	}
	return n;
}

static bool
same(const char *name, size_t n, const char *text)
{
	return strlen(text) == n && strncasecmp(name, text, n) == 0;
}

/* The names of /etc/rpc. */
static bool
has_rpc_name(uint32_t prog, const char *text)
{
	const struct rpcent *e = getrpcbynumber((int)prog);
	char **alias = e ? e->r_aliases : NULL;

	if (e == NULL)
		return false;
	if (strcasecmp(e->r_name, text) == 0)
		return true;
	for (; alias != NULL && *alias != NULL; alias++)
		if (strcasecmp(*alias, text) == 0)
			return true;
	return false;
}

/* "rpcbind" of "/usr/share/rpcall/idl/rpcbind.x" */
static bool
is_file_name(const char *path, const char *text)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');

	return same(base, dot ? (size_t)(dot - base) : strlen(base), text);
}

int
rank_program(const struct idl_program *g, const char *path, const char *text)
{
	uint32_t n;

	if (text[0] == '\0')
		return 0;
	if (rank_number(text, &n) == 0)
		return g->number->value == n ? 0 : RANK_NONE;
	if (same(g->name, strlen(g->name), text))
		return 0;
	if (same(g->name, stem_of(g->name), text) ||
	    has_rpc_name((uint32_t)g->number->value, text))
		return 1;
	return is_file_name(path, text) ? 2 : RANK_NONE;
}

void
namesakes_find(struct namesakes *s, const struct library *l,
    const char *text)
{
	s->n = 0;
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->schemas[i]->ndefs; k++) {
			const struct idl_program *g =
			    l->schemas[i]->defs[k]->program;
			int rank = g == NULL ? RANK_NONE :
			    rank_program(g, l->paths[i], text);

			if (rank == RANK_NONE || s->n == COUNT(s->numbers))
				continue;
			s->numbers[s->n] = g->number->value;
			s->ranks[s->n++] = rank;
		}
}

int
namesakes_rank(const struct namesakes *s, const struct idl_program *g)
{
	int best = RANK_NONE;

	for (size_t i = 0; i < s->n; i++)
		if (s->numbers[i] == g->number->value && s->ranks[i] < best)
			best = s->ranks[i];
	return best;
}

bool
rank_is_version(const struct idl_version *v, const char *text)
{
	uint32_t n;

	if (text[0] == '\0')
		return true;
	if (rank_number(text, &n) == 0)
		return v->number->value == n;
	return strcasecmp(v->name, text) == 0;
}

/* Bytes that all names of a version begin with, up to an underscore. */
static size_t
common_prefix(const struct idl_version *v)
{
	const char *first = v->procs[0].name;
	size_t n = strlen(first);

	for (size_t i = 1; i < v->nprocs; i++) {
		size_t k = 0;

		while (k < n && v->procs[i].name[k] == first[k])
			k++;
		n = k;
	}
	while (n > 0 && first[n - 1] != '_')
		n--;
	return first[n] == '\0' ? 0 : n;
}

/* Of a single procedure all of it is common: up to its first underscore. */
static size_t
prefix_of(const struct idl_version *v)
{
	const char *name = v->procs[0].name, *line = strchr(name, '_');

	if (v->nprocs > 1)
		return common_prefix(v);
	return line != NULL && line[1] != '\0' ? (size_t)(line - name) + 1 : 0;
}

int
rank_proc(const struct idl_version *v, const struct idl_proc *p,
    const char *text)
{
	size_t n = strlen(p->name), k = strlen(text);
	uint32_t value;

	if (rank_number(text, &value) == 0)
		return p->number->value == value ? 0 : RANK_NONE;
	if (strcasecmp(p->name, text) == 0)
		return 0;
	if (strcasecmp(p->name + prefix_of(v), text) == 0)
		return 1;
	return n > k && p->name[n - k - 1] == '_' &&
	    strcasecmp(p->name + n - k, text) == 0 ? 2 : RANK_NONE;
}

char *
program_short(const struct idl_program *g, char *out, size_t size)
{
	snprintf(out, size, "%.*s", (int)stem_of(g->name), g->name);
	return out;
}

char *
proc_short(const struct idl_version *v, const struct idl_proc *p, char *out,
    size_t size)
{
	snprintf(out, size, "%s", p->name + prefix_of(v));
	return out;
}
