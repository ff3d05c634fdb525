/*
 * Comparing interfaces: see diff.h. Programs, versions and procedures are
 * matched by number, members by place: names are not on the wire.
 */
#include "idl/diff.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/diff_in.h"
#include "idl/names.h"

void
diff_add(struct diff *d, bool breaking, const char *fmt, ...)
{
	struct changes *c = d->changes;
	struct change *list;
	va_list ap;

	c->n++;
	c->breaking += breaking;
	if (c->n > CHANGES_MAX || d->err)
		return;
	list = reallocarray(c->list, c->n, sizeof(*list));
	if (list == NULL) {
		d->err = -ENOMEM;
		return;
	}
	c->list = list;
	list[c->n - 1].breaking = breaking;
	snprintf(list[c->n - 1].where, sizeof(list->where), "%.159s",
	    d->where);
	va_start(ap, fmt);
	vsnprintf(list[c->n - 1].text, sizeof(list->text), fmt, ap);
	va_end(ap);
}

size_t
diff_enter(struct diff *d, const char *fmt, ...)
{
	size_t n = strlen(d->where);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->where + n, sizeof(d->where) - n, fmt, ap);
	va_end(ap);
	return n;
}

void
diff_leave(struct diff *d, size_t n)
{
	d->where[n] = '\0';
}

static void
diff_args(struct diff *d, const struct idl_proc *a, const struct idl_proc *b)
{
	size_t n;

	d->result = false;
	if (a->nargs != b->nargs) {
		diff_add(d, true, "%zu arguments, %zu before", b->nargs,
		    a->nargs);
		return;
	}
	for (size_t i = 0; i < a->nargs; i++) {
		n = a->nargs == 1 ? diff_enter(d, " argument") :
		    diff_enter(d, " argument %zu", i + 1);
		diff_types(d, a->args[i], b->args[i]);
		diff_leave(d, n);
	}
}

static void
diff_proc(struct diff *d, const struct idl_version *v,
    const struct idl_proc *a, const struct idl_proc *b)
{
	char name[64];
	size_t n = diff_enter(d, ".%s", proc_short(v, b ? b : a, name,
	    sizeof(name)));
	size_t inner;

	if (b == NULL)
		diff_add(d, true, "removed");
	else if (a == NULL)
		diff_add(d, false, "added");
	else {
		if (strcmp(a->name, b->name) != 0)
			diff_add(d, false, "renamed, from %s", a->name);
		diff_args(d, a, b);
		d->result = true;
		inner = diff_enter(d, " result");
		diff_types(d, a->result, b->result);
		diff_leave(d, inner);
	}
	diff_leave(d, n);
}

static const struct idl_proc *
find_proc(const struct idl_version *v, int64_t number)
{
	for (size_t i = 0; i < v->nprocs; i++)
		if (v->procs[i].number->value == number)
			return &v->procs[i];
	return NULL;
}

static void
diff_version(struct diff *d, const struct idl_version *a,
    const struct idl_version *b)
{
	size_t n = diff_enter(d, "/%lld",
	    (long long)(b ? b : a)->number->value);

	if (b == NULL)
		diff_add(d, true, "removed");
	else if (a == NULL)
		diff_add(d, false, "added");
	for (size_t i = 0; a && b && i < a->nprocs; i++)
		diff_proc(d, a, &a->procs[i], find_proc(b,
		    a->procs[i].number->value));
	for (size_t i = 0; a && b && i < b->nprocs; i++)
		if (find_proc(a, b->procs[i].number->value) == NULL)
			diff_proc(d, b, NULL, &b->procs[i]);
	diff_leave(d, n);
}

static const struct idl_version *
find_version(const struct idl_program *g, int64_t number)
{
	for (size_t i = 0; i < g->nversions; i++)
		if (g->versions[i].number->value == number)
			return &g->versions[i];
	return NULL;
}

static void
diff_program(struct diff *d, const struct idl_program *a,
    const struct idl_program *b)
{
	char name[64];
	size_t n = diff_enter(d, "%s", program_short(b ? b : a, name,
	    sizeof(name)));

	if (b == NULL)
		diff_add(d, true, "removed");
	else if (a == NULL)
		diff_add(d, false, "added");
	for (size_t i = 0; a && b && i < a->nversions; i++)
		diff_version(d, &a->versions[i], find_version(b,
		    a->versions[i].number->value));
	for (size_t i = 0; a && b && i < b->nversions; i++)
		if (find_version(a, b->versions[i].number->value) == NULL)
			diff_version(d, NULL, &b->versions[i]);
	diff_leave(d, n);
}

/* Types of that name in both, where no procedure is there to use them. */
static void
diff_alone(struct diff *d, const struct schema *before,
    const struct schema *after)
{
	for (size_t i = 0; i < before->ndefs; i++) {
		const struct idl_def *a = before->defs[i];
		const struct idl_def *b = a->type && a->kind != DEF_CONST &&
		    !a->c ? schema_type(after, a->name) : NULL;
		size_t n;

		if (a->type == NULL || a->kind == DEF_CONST || a->c)
			continue;
		n = diff_enter(d, "%s", a->name);
		if (b == NULL)
			diff_add(d, true, "removed");
		else
			diff_types(d, a->type, b->type);
		diff_leave(d, n);
	}
}

int
schema_diff(const struct schema *before, const struct schema *after,
    struct changes *c)
{
	struct diff d = { .changes = c };
	bool any = false;

	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < before->ndefs; i++) {
		const struct idl_program *a = before->defs[i]->program;

		if (a != NULL)
			diff_program(&d, a, schema_program(after,
			    a->number->value));
		any |= a != NULL;
	}
	for (size_t i = 0; i < after->ndefs; i++) {
		const struct idl_program *b = after->defs[i]->program;

		if (b != NULL && schema_program(before, b->number->value) == NULL)
			diff_program(&d, NULL, b);
		any |= b != NULL;
	}
	if (!any)
		diff_alone(&d, before, after);
	free(d.seen);
	return d.err;
}

void
changes_release(struct changes *c)
{
	free(c->list);
	memset(c, 0, sizeof(*c));
}
