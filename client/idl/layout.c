/*
 * What follows from the types as a whole: least sizes, depth, types that
 * contain themselves; order of cases; lists. See parse.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/parse.h"

enum { UNSEEN, INSIDE, DONE };

static void measure(struct parser *p, struct idl_type *t, unsigned level);

static uint64_t
times(uint64_t a, uint64_t b)
{
	return b != 0 && a > UINT64_MAX / 2 / b ? UINT64_MAX / 2 : a * b;
}

static uint64_t
plus(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX / 2 - b ? UINT64_MAX / 2 : a + b;
}

static struct idl_type *
real_of(struct idl_type *t)
{
	return t->kind == TYPE_NAME ? t->of : t;
}

/* The part is by value in t, which is as deep and more. */
static uint64_t
measure_part(struct parser *p, struct idl_type *t, struct idl_type *part,
    unsigned level)
{
	part = real_of(part);
	measure(p, part, level + 1);
	if (part->depth >= t->depth)
		t->depth = (uint8_t)(part->depth + 1);
	return part->min_size;
}

static void
measure_struct(struct parser *p, struct idl_type *t, unsigned level)
{
	for (size_t i = 0; i < t->nfields; i++)
		t->min_size = plus(t->min_size,
		    measure_part(p, t, t->fields[i].type, level));
}

static void
measure_union(struct parser *p, struct idl_type *t, unsigned level)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < t->nfields; i++) {
		uint64_t size = measure_part(p, t, t->fields[i].type, level);

		least = size < least ? size : least;
	}
	measure_part(p, t, t->disc.type, level);
	t->min_size = plus(4, least);
}

static uint64_t
scalar_size(const struct idl_type *t)
{
	switch (t->kind) {
	case TYPE_HYPER:
	case TYPE_DOUBLE:
		return 8;
	case TYPE_QUAD:
		return 16;
	case TYPE_VOID:
	case TYPE_UNKNOWN:
		return 0;
	case TYPE_OPAQUE:
		return t->fixed ? ((uint64_t)t->max + 3) / 4 * 4 : 4;
	default:
		return 4;	/* or a length, or a flag */
	}
}

static void
measure(struct parser *p, struct idl_type *t, unsigned level)
{
	if (t->mark == DONE)
		return;
	if (t->mark == INSIDE || level > SCHEMA_DEPTH) {
		lex_error(&p->lexer, &t->place, t->mark == INSIDE ?
		    "%s contains itself: its values have no end" :
		    "%s: types by value in one another more than 64 deep",
		    t->name ? t->name : "a type");
		t->mark = DONE;
		return;
	}
	t->mark = INSIDE;
	t->depth = 1;
	if (t->kind == TYPE_STRUCT)
		measure_struct(p, t, level);
	else if (t->kind == TYPE_UNION)
		measure_union(p, t, level);
	else if (t->kind == TYPE_ARRAY && t->fixed)
		t->min_size = times(measure_part(p, t, t->of, level), t->max);
	else
		t->min_size = scalar_size(t);
	if (t->depth > SCHEMA_DEPTH) {
		lex_error(&p->lexer, &t->place, "%s: types by value in one "
		    "another more than 64 deep", t->name ? t->name : "a type");
		t->depth = 1;
	}
	t->mark = DONE;
}

static int
by_number(const void *a, const void *b)
{
	const struct idl_case *x = a, *y = b;

	return (x->number->value > y->number->value) -
	    (x->number->value < y->number->value);
}

static bool
fits(const struct idl_type *disc, const struct idl_number *n)
{
	if (disc->kind == TYPE_BOOL)
		return number_within(n, 0, 1);
	if (disc->kind == TYPE_INT && disc->is_unsigned)
		return number_within(n, 0, UINT32_MAX);
	return number_within(n, INT32_MIN, INT32_MAX);
}

static void
check_case(struct parser *p, const struct idl_type *disc,
    const struct idl_case *c, const struct idl_case *before)
{
	const struct idl_number *n = c->number;

	if (!fits(disc, n))
		lex_error(&p->lexer, &n->place, n->large ? "the discriminant "
		    "cannot be %llu" : "the discriminant cannot be %lld",
		    (long long)n->value);
	else if (before != NULL && before->number->value == n->value)
		lex_error(&p->lexer, &n->place, "a second case %lld",
		    (long long)n->value);
	else if (disc->kind == TYPE_ENUM && type_item(disc, n->value) == NULL)
		diag_add(p->diags, DIAG_WARNING, NULL, &n->place, "%lld is no "
		    "value of the enum %s", (long long)n->value,
		    disc->name ? disc->name : "");
}

/* In JSON an arm stands beside the discriminant: under another name. */
static void
set_keys(struct parser *p, struct idl_type *t)
{
	char key[SCHEMA_NAME + 2];

	for (size_t i = 0; i < t->nfields; i++) {
		struct idl_field *f = &t->fields[i];

		f->key = f->name;
		if (f->name == NULL || f->name != t->disc.name)
			continue;
		snprintf(key, sizeof(key), "%s_", f->name);
		f->key = arena_copy(&p->schema->arena, key,
		    strlen(key));
		if (f->key == NULL)
			f->key = f->name;
	}
}

static void
check_union(struct parser *p, struct idl_type *t)
{
	const struct idl_type *disc = real_of(t->disc.type);

	if (disc->kind != TYPE_BOOL && disc->kind != TYPE_ENUM &&
	    (disc->kind != TYPE_INT || disc->bits != 32)) {
		if (disc->kind != TYPE_UNKNOWN)
			lex_error(&p->lexer, &t->disc.place, "a discriminant "
			    "has to be an int, unsigned int, bool or enum");
		t->kind = TYPE_UNKNOWN;
		return;
	}
	if (t->ncases > 0)
		qsort(t->cases, t->ncases, sizeof(*t->cases), by_number);
	for (size_t i = 0; i < t->ncases; i++)
		check_case(p, disc, &t->cases[i], i ? &t->cases[i - 1] : NULL);
	set_keys(p, t);
}

/* Equal names are equal pointers. */
static void
check_members(struct parser *p, const struct idl_type *t)
{
	for (size_t i = 0; i < t->nfields; i++)
		for (size_t k = 0; k < i; k++)
			if (t->fields[i].name == t->fields[k].name) {
				lex_error(&p->lexer, &t->fields[i].place,
				    "a second member %s", t->fields[i].name);
				return;
			}
}

static int
by_item(const void *a, const void *b)
{
	const struct idl_item *x = *(const struct idl_item *const *)a;
	const struct idl_item *y = *(const struct idl_item *const *)b;
	int32_t v = (int32_t)x->number->value, w = (int32_t)y->number->value;

	/* Of two names for a number the first one counts. */
	return v != w ? (v > w) - (v < w) : (x > y) - (x < y);
}

static void
sort_items(struct parser *p, struct idl_type *t)
{
	t->by_value = parse_alloc(p, t->nitems * sizeof(*t->by_value));
	if (t->by_value == NULL) {
		t->nitems = 0;
		return;
	}
	for (size_t i = 0; i < t->nitems; i++)
		t->by_value[i] = &t->items[i];
	qsort(t->by_value, t->nitems, sizeof(*t->by_value), by_item);
}

/* A list: what the last member of what t points to points to is the same. */
static bool
is_list(const struct idl_type *t)
{
	const struct idl_type *node = type_real(t->of), *last;

	if (node->kind != TYPE_STRUCT)
		return false;
	last = type_real(node->fields[node->nfields - 1].type);
	return last->kind == TYPE_OPTIONAL && type_real(last->of) == node;
}

static void
check_version(struct parser *p, const struct idl_version *v)
{
	for (size_t i = 0; i < v->nprocs; i++)
		for (size_t k = 0; k < i; k++) {
			const struct idl_proc *a = &v->procs[i], *b =
			    &v->procs[k];

			if (a->number->value == b->number->value ||
			    a->name == b->name) {
				lex_error(&p->lexer, &a->place, "%s %s",
				    a->name, a->name == b->name ?
				    "is there twice" :
				    "has another procedure's number");
				return;
			}
		}
}

static void
check_range(struct parser *p, const char *name, const struct idl_number *n)
{
	if (!number_within(n, 0, UINT32_MAX))
		lex_error(&p->lexer, &n->place, "the number of %s has to be "
		    "from 0 to 4294967295", name);
}

static void
check_program(struct parser *p, const struct idl_program *g)
{
	check_range(p, g->name, g->number);
	for (size_t i = 0; i < g->nversions; i++) {
		const struct idl_version *v = &g->versions[i];

		check_range(p, v->name, v->number);
		for (size_t k = 0; k < v->nprocs; k++)
			check_range(p, v->procs[k].name, v->procs[k].number);
		for (size_t k = 0; k < i; k++)
			if (g->versions[k].number->value == v->number->value)
				lex_error(&p->lexer, &v->place, "%s has "
				    "another version's number", v->name);
		check_version(p, v);
	}
}

void
layout(struct parser *p)
{
	struct schema *s = p->schema;

	for (size_t i = 0; i < s->ntypes; i++)
		if (s->types[i]->kind == TYPE_ENUM)
			sort_items(p, s->types[i]);
	for (size_t i = 0; i < s->ntypes; i++) {
		struct idl_type *t = s->types[i];

		if (t->kind == TYPE_UNION)
			check_union(p, t);
		else if (t->kind == TYPE_STRUCT)
			check_members(p, t);
		else if (t->kind == TYPE_OPTIONAL)
			t->list = is_list(t);
	}
	for (size_t i = 0; i < s->ntypes; i++)
		measure(p, s->types[i], 1);
	for (size_t i = 0; i < s->ndefs; i++)
		if (s->defs[i]->kind == DEF_PROGRAM)
			check_program(p, s->defs[i]->program);
}
