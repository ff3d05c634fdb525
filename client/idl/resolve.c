/*
 * Names after the parsing: what numbers are worth, what types stand for. A
 * name that only C knows is looked for among C's own, then in %#define lines.
 * See parse.h.
 */
#include <string.h>

#include "idl/c_types.h"
#include "idl/expr.h"
#include "idl/parse.h"

enum { CHAIN = 32 };	/* constants named by constants */

static int settle(struct parser *p, struct idl_number *n, unsigned depth);

/* The replacement of a %#define, being read. */
struct c_reading {
	struct parser *parser;
	struct input input;
	unsigned depth;
	bool unknown;
};

static void
c_advance(struct expr *e)
{
	struct c_reading *r = e->context;

	lex_raw(e->lexer, &r->input, e->token);
}

static int
c_value(struct expr *e, wide *value)
{
	struct c_reading *r = e->context;
	struct idl_number n = { .name = e->token->name->name };

	r->unknown |= settle(r->parser, &n, r->depth + 1) != 0;
	*value = number_value(&n);
	c_advance(e);
	return 0;
}

/* Is m a plain sum of numbers and names? What C has more is left to C. */
static void
try_macro(struct parser *p, struct macro *m, unsigned depth)
{
	struct c_reading r = { .parser = p, .depth = depth,
		.input = { .source = m->place.source, .at = m->place.offset,
		    .end = m->place.offset + m->len } };
	struct token t;
	struct expr e = { .lexer = &p->lexer, .token = &t,
		.advance = c_advance, .name = c_value, .context = &r };
	bool quiet = p->lexer.quiet;

	p->lexer.quiet = true;
	c_advance(&e);
	m->known = expr_parse(&e, &m->value) == 0 && !r.unknown &&
	    t.kind == TOK_END && !p->lexer.stop;
	p->lexer.quiet = quiet;
}

/* Once: macros that name others twice each would take for ever. */
static int
settle_by_c(struct parser *p, struct idl_number *n, struct macro *m,
    unsigned depth)
{
	if (!m->tried) {
		m->tried = true;
		try_macro(p, m, depth);
	}
	return m->known && number_set(n, m->value) ? 0 : -1;
}

/* Makes n known: 0, or -1 where nothing here knows its name. */
static int
settle(struct parser *p, struct idl_number *n, unsigned depth)
{
	struct symbol *y = n->name ? symbol_of(n->name) : NULL;
	struct idl_def *d = y ? y->constant : NULL;
	struct macro *macro;
	struct idl_number *by = d ? d->number : y ? y->number : NULL;
	int64_t value;

	if (n->known || y == NULL)
		return n->known ? 0 : -1;
	if (depth > CHAIN)
		return -1;
	if (by != NULL && by != n) {
		if (settle(p, by, depth + 1) != 0)
			return -1;
		number_set(n, number_value(by));
		return 0;
	}
	macro = y->c_macro ? y->c_macro : y->macro;
	if (d == NULL && macro != NULL)
		return settle_by_c(p, n, macro, depth);
	return c_number(n->name, &value) && number_set(n, value) ? 0 : -1;
}

/* A bound that only C knows: the value is checked as far as can be. */
static void
settle_bound(struct parser *p, struct idl_type *t)
{
	struct idl_number *n = t->bound;

	t->max = UINT32_MAX;
	if (n == NULL)
		return;
	if (settle(p, n, 0) == 0 && !number_within(n, 0, UINT32_MAX))
		lex_error(&p->lexer, &n->place, "a length has to be from 0 to "
		    "4294967295");
	else if (n->known)
		t->max = (uint32_t)n->value;
	else if (t->fixed) {
		diag_add(p->diags, DIAG_WARNING, NULL, &n->place, "%s is not "
		    "defined here: values of this type cannot be read",
		    n->name);
		t->kind = TYPE_UNKNOWN;
		t->name = n->name;
	} else
		diag_add(p->diags, DIAG_WARNING, NULL, &n->place, "%s is not "
		    "defined here: no bound is assumed", n->name);
}

/* The name that n comes down to, and that nothing here defines, or NULL. */
static const char *
unknown_name(const struct idl_number *n)
{
	for (int i = 0; n->name != NULL && i <= CHAIN; i++) {
		const struct symbol *y = symbol_of(n->name);
		const struct idl_number *by = y->constant ?
		    y->constant->number : y->number;

		if (by == NULL)
			return n->name;
		n = by;
	}
	return NULL;
}

/* What nothing here defines C may: rpcgen only passes the name on. */
static void
settle_constant(struct parser *p, struct idl_number *n)
{
	const char *unknown;

	if (settle(p, n, 0) == 0)
		return;
	unknown = unknown_name(n);
	if (unknown == NULL)
		lex_error(&p->lexer, &n->place, "%s is defined by itself, or "
		    "by more than %d names in a row", n->name, CHAIN);
	else
		diag_add(p->diags, DIAG_WARNING, NULL, &n->place, "%s is not "
		    "defined here: see -D %s=NUMBER", unknown, unknown);
}

static void
must_settle(struct parser *p, struct idl_number *n)
{
	if (settle(p, n, 0) != 0)
		lex_error(&p->lexer, &n->place, "%s is not defined, or by "
		    "itself", n->name ? n->name : "a number before it");
}

/*
 * A number of C's that a type needs, and that is nowhere here: the file may
 * be compiled, but these values cannot be read.
 */
static void
settle_or_leave(struct parser *p, struct idl_number *n, struct idl_type *t)
{
	if (settle(p, n, 0) == 0)
		return;
	diag_add(p->diags, DIAG_WARNING, NULL, &n->place, "%s is not defined "
	    "here: values of this type cannot be read", n->name ? n->name :
	    "a number before it");
	t->kind = TYPE_UNKNOWN;
}

static void
settle_items(struct parser *p, struct idl_type *t)
{
	for (size_t i = 0; i < t->nitems; i++) {
		struct idl_number *n = t->items[i].number;

		/* No "= N", and the one before was not known yet. */
		if (!n->known && n->name == NULL && i > 0 &&
		    t->items[i - 1].number->known)
			number_set(n, number_value(t->items[i - 1].number) + 1);
		settle_or_leave(p, n, t);
		if (n->known && !number_within(n, INT32_MIN, UINT32_MAX))
			lex_error(&p->lexer, &n->place, "%s does not fit 32 "
			    "bits", t->items[i].name);
	}
}

/* One of C's types, defined as if the file had done it. */
static struct idl_def *
define_c_type(struct parser *p, const char *name)
{
	const struct source *src = c_type(name);
	size_t first = p->schema->ndefs;

	if (src == NULL || parse_text(p, src) != 0)
		return NULL;
	for (size_t i = first; i < p->schema->ndefs; i++)
		p->schema->defs[i]->c = true;
	return symbol_of(name)->type;
}

static void
resolve_name(struct parser *p, struct idl_type *t)
{
	struct idl_def *d = symbol_of(t->name)->type;

	if (d == NULL)
		d = define_c_type(p, t->name);
	if (d != NULL) {
		t->of = d->type;
		return;
	}
	diag_add(p->diags, DIAG_WARNING, NULL, &t->place, "the type %s is not "
	    "defined here: its values cannot be read", t->name);
	t->kind = TYPE_UNKNOWN;
}

/* Lets every name stand for what is no name, in one step. */
static void
shorten(struct parser *p, struct idl_type *t)
{
	struct idl_type *real = t;
	size_t steps = 0;

	while (real->kind == TYPE_NAME && steps++ <= p->schema->ntypes)
		real = real->of;
	if (real->kind == TYPE_NAME) {
		lex_error(&p->lexer, &t->place, "%s is defined by itself",
		    t->name);
		t->kind = TYPE_UNKNOWN;
		return;
	}
	while (t->kind == TYPE_NAME) {
		struct idl_type *next = t->of;

		t->of = real;
		t = next;
	}
}

static void
settle_program(struct parser *p, struct idl_program *g)
{
	must_settle(p, g->number);
	for (size_t i = 0; i < g->nversions; i++) {
		struct idl_version *v = &g->versions[i];

		must_settle(p, v->number);
		for (size_t k = 0; k < v->nprocs; k++)
			must_settle(p, v->procs[k].number);
	}
}

static void
resolve_type(struct parser *p, struct idl_type *t)
{
	if (t->kind == TYPE_NAME)
		resolve_name(p, t);
	else if (t->kind == TYPE_OPAQUE || t->kind == TYPE_STRING ||
	    t->kind == TYPE_ARRAY)
		settle_bound(p, t);
	else if (t->kind == TYPE_ENUM)
		settle_items(p, t);
	for (size_t i = 0; t->kind == TYPE_UNION && i < t->ncases; i++)
		settle_or_leave(p, t->cases[i].number, t);
}

void
resolve(struct parser *p)
{
	struct schema *s = p->schema;

	/* C's types are added as they are met. */
	for (size_t i = 0; i < s->ntypes && !p->lexer.stop; i++)
		resolve_type(p, s->types[i]);
	/* Names may stand for nothing yet. */
	if (p->lexer.stop)
		return;
	for (size_t i = 0; i < s->ndefs; i++)
		if (s->defs[i]->kind == DEF_PROGRAM)
			settle_program(p, s->defs[i]->program);
		else if (s->defs[i]->number != NULL && s->defs[i]->type == NULL)
			settle_constant(p, s->defs[i]->number);
	for (size_t i = 0; i < s->ntypes; i++)
		if (s->types[i]->kind == TYPE_NAME)
			shorten(p, s->types[i]);
}
