/*
 * The definitions that types need: see print.h. Constants come first, by name,
 * so that a reader, and a parser, finds each before it is used.
 */
#include "idl/print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "grown.h"
#include "idl/symbols.h"

/* Definitions found so far, in order, each once; and numbers by their names,
 * as often as they were met. */
struct needed {
	struct idl_def **defs;
	size_t n;
	const struct idl_number **numbers;
	size_t nnumbers;
	int err;
};

static void
need_def(struct needed *x, struct idl_def *d)
{
	struct idl_def **defs;

	if (d == NULL || d->c || d->needed || x->err)
		return;
	defs = grown(x->defs, x->n, sizeof(void *));
	if (defs == NULL) {
		x->err = -ENOMEM;
		return;
	}
	x->defs = defs;
	d->needed = true;
	x->defs[x->n++] = d;
}

static void
need_number(struct needed *x, const struct idl_number *n)
{
	const struct idl_def *d = n != NULL && n->name != NULL ?
	    symbol_of(n->name)->constant : NULL;
	const struct idl_number **numbers;

	if (n == NULL || n->name == NULL || !n->known || x->err)
		return;
	/* An item of an enum, which has a name of its own or stands inside. */
	if (d != NULL && d->type != NULL) {
		if (d->type->name != NULL)
			need_def(x, symbol_of(d->type->name)->type);
		return;
	}
	if (d != NULL && d->c)
		return;
	numbers = grown(x->numbers, x->nnumbers, sizeof(void *));
	if (numbers == NULL) {
		x->err = -ENOMEM;
		return;
	}
	x->numbers = numbers;
	x->numbers[x->nnumbers++] = n;
}

static void
need(struct needed *x, const struct idl_type *t)
{
	if (t == NULL)
		return;
	if (t->kind == TYPE_NAME) {
		need_def(x, symbol_of(t->name)->type);
		return;
	}
	need_number(x, t->bound);
	need(x, t->of);
	if (t->kind == TYPE_UNION)
		need(x, t->disc.type);
	for (size_t i = 0; i < t->ncases; i++)
		need_number(x, t->cases[i].number);
	for (size_t i = 0; i < t->nfields; i++)
		need(x, t->fields[i].type);
}

static int
by_name(const void *a, const void *b)
{
	const struct idl_number *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* A line between it and what stands before. */
static void
part(struct needed *x, struct buf *out)
{
	if (x->err == 0 && out->len > 0)
		x->err = buf_append(out, "\n", 1);
}

static void
print_numbers(struct needed *x, struct buf *out)
{
	if (x->nnumbers > 0) {
		qsort(x->numbers, x->nnumbers, sizeof(x->numbers[0]), by_name);
		part(x, out);
	}
	for (size_t i = 0; i < x->nnumbers && x->err == 0; i++)
		if (i == 0 || by_name(&x->numbers[i - 1], &x->numbers[i]) != 0)
			x->err = print_number(out, x->numbers[i]);
}

static void
need_proc(struct needed *x, const struct idl_proc *p)
{
	for (size_t i = 0; i < p->nargs; i++)
		need(x, p->args[i]);
	need(x, p->result);
}

/* What was found and what that needs, but for the first so many: x's error.
 * Releases x. */
static int
print_found(struct needed *x, size_t first, struct buf *out)
{
	/* It grows by what those need that it has. */
	for (size_t i = 0; i < x->n && x->err == 0; i++)
		need(x, x->defs[i]->type);
	if (x->err == 0)
		print_numbers(x, out);
	for (size_t i = first; i < x->n && x->err == 0; i++) {
		part(x, out);
		if (x->err == 0)
			x->err = print_def(out, x->defs[i]);
	}
	for (size_t i = 0; i < x->n; i++)
		x->defs[i]->needed = false;
	free(x->defs);
	free(x->numbers);
	return x->err;
}

int
print_needed_by_proc(struct buf *out, const struct idl_proc *p)
{
	struct needed x = { 0 };

	need_proc(&x, p);
	return print_found(&x, 0, out);
}

int
print_needed_by(struct buf *out, const struct idl_program *g,
    const struct idl_version *only)
{
	struct needed x = { 0 };

	for (size_t i = 0; i < g->nversions; i++)
		for (size_t k = 0; k < g->versions[i].nprocs; k++)
			if (only == NULL || only == &g->versions[i])
				need_proc(&x, &g->versions[i].procs[k]);
	return print_found(&x, 0, out);
}

int
print_whole(struct buf *out, const struct idl_def *d)
{
	struct needed x = { .err = print_def(out, d) };

	/* It may need itself, and is there already. */
	need_def(&x, (struct idl_def *)d);
	return print_found(&x, 1, out);
}
