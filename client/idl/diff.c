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

/* A version of a program, in the order of numbers. */
struct entry {
	const struct idl_program *program;
	const struct idl_version *version;
	size_t order;		/* of coming */
};

struct entries {
	struct entry *list;
	size_t n;
};

static int
compare_numbers(const struct entry *a, const struct entry *b)
{
	int64_t p = a->program->number->value, q = b->program->number->value;
	int64_t v = a->version->number->value, w = b->version->number->value;

	return p != q ? (p < q ? -1 : 1) : v != w ? (v < w ? -1 : 1) : 0;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = compare_numbers(x, y);

	return order ? order : x->order < y->order ? -1 : 1;
}

static int
add_program(struct entries *e, const struct idl_program *g)
{
	struct entry *more;

	if (g->nversions == 0)
		return 0;
	more = reallocarray(e->list, e->n + g->nversions, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	e->list = more;
	for (size_t v = 0; v < g->nversions; v++, e->n++)
		e->list[e->n] = (struct entry){ g, &g->versions[v], e->n };
	return 0;
}

/* All versions of all programs, sorted, of two that are the same the first. */
static int
collect(struct entries *e, const struct interfaces *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->schemas[i]->ndefs; k++) {
			const struct idl_program *g =
			    s->schemas[i]->defs[k]->program;

			if (g != NULL && add_program(e, g) != 0)
				return -ENOMEM;
		}
	if (e->n > 0)
		qsort(e->list, e->n, sizeof(*e->list), compare_entries);
	for (size_t i = 0; i < e->n; i++)
		if (n == 0 || compare_numbers(&e->list[n - 1],
		    &e->list[i]) != 0)
			e->list[n++] = e->list[i];
	e->n = n;
	return 0;
}

/* Takes the versions of program number prog from the front of e. */
static struct entries
take_program(struct entries *e, int64_t prog)
{
	struct entries taken = { e->list, 0 };

	while (taken.n < e->n &&
	    e->list[taken.n].program->number->value == prog)
		taken.n++;
	e->list += taken.n;
	e->n -= taken.n;
	return taken;
}

static void
diff_versions(struct diff *d, struct entries a, struct entries b)
{
	while (a.n > 0 || b.n > 0) {
		int order = a.n == 0 ? 1 : b.n == 0 ? -1 :
		    compare_numbers(a.list, b.list);

		diff_version(d, order <= 0 ? a.list->version : NULL,
		    order >= 0 ? b.list->version : NULL);
		a.list += order <= 0;
		a.n -= order <= 0;
		b.list += order >= 0;
		b.n -= order >= 0;
	}
}

/* The programs of both, by number; loose is of before, then of after. */
static void
diff_programs(struct diff *d, struct entries a, struct entries b,
    const bool loose[2])
{
	while (a.n > 0 || b.n > 0) {
		bool first = b.n == 0 || (a.n > 0 &&
		    a.list->program->number->value <=
		    b.list->program->number->value);
		const struct idl_program *g = (first ? &a : &b)->list->program;
		struct entries x = take_program(&a, g->number->value);
		struct entries y = take_program(&b, g->number->value);
		char name[64];
		size_t n = diff_enter(d, "%s", program_short(y.n > 0 ?
		    y.list->program : g, name, sizeof(name)));

		if (x.n > 0 && y.n > 0)
			diff_versions(d, x, y);
		else if (!loose[y.n > 0])
			diff_add(d, y.n == 0, "%s", y.n == 0 ? "removed" :
			    "added");
		diff_leave(d, n);
	}
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
interfaces_diff(const struct interfaces *before,
    const struct interfaces *after, struct changes *c)
{
	const bool loose[2] = { before->loose, after->loose };
	struct diff d = { .changes = c };
	struct entries a = { 0 }, b = { 0 };

	memset(c, 0, sizeof(*c));
	d.err = collect(&a, before);
	if (d.err == 0)
		d.err = collect(&b, after);
	if (d.err == 0 && a.n + b.n > 0)
		diff_programs(&d, a, b, loose);
	else if (d.err == 0 && before->n > 0 && after->n > 0)
		diff_alone(&d, before->schemas[0], after->schemas[0]);
	free(a.list);
	free(b.list);
	free(d.seen);
	return d.err;
}

void
changes_release(struct changes *c)
{
	free(c->list);
	memset(c, 0, sizeof(*c));
}
