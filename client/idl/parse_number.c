/*
 * Constants and the numbers that name them: see parse.h. A name may be used
 * before it is defined; then resolve.c fills in the number.
 */
#include "idl/expr.h"
#include "idl/parse.h"

struct reading {
	struct parser *parser;
	const char *single;	/* the first name, which has no value yet */
	bool unknown;
};

wide
number_value(const struct idl_number *n)
{
	return n->large ? (wide)(uint64_t)n->value : n->value;
}

bool
number_set(struct idl_number *n, wide value)
{
	if (value < INT64_MIN || value > UINT64_MAX)
		return false;
	n->value = (int64_t)value;
	n->large = value > INT64_MAX;
	n->known = true;
	return true;
}

bool
number_within(const struct idl_number *n, int64_t low, int64_t high)
{
	wide value = number_value(n);

	return value >= low && value <= high;
}

static void
advance(struct expr *e)
{
	parse_advance(((struct reading *)e->context)->parser);
}

static int
value_of(struct expr *e, wide *value)
{
	struct reading *r = e->context;
	const struct symbol *y = e->token->name;
	const struct idl_def *d = y->constant;

	*value = 0;
	if (r->single == NULL)
		r->single = y->name;
	if (d != NULL && d->number != NULL && d->number->known)
		*value = number_value(d->number);
	else
		r->unknown = true;
	advance(e);
	return 0;
}

struct idl_number *
parse_number(struct parser *p, bool in_angles)
{
	struct reading r = { .parser = p };
	struct expr e = { .lexer = &p->lexer, .token = &p->token,
		.advance = advance, .name = value_of, .context = &r,
		.in_angles = in_angles };
	struct place at = p->token.place;
	struct idl_number *n = parse_alloc(p, sizeof(*n));
	wide value = 0;

	if (n == NULL || expr_parse(&e, &value) != 0) {
		p->panic = true;
		return NULL;
	}
	n->place = at;
	n->name = e.composed ? NULL : r.single;
	if (e.composed)
		parse_rpcgen(p, &at, "rpcgen takes a number or a name here, no "
		    "expression");
	if (r.unknown && e.composed)
		lex_error(&p->lexer, &at, "%s has to be defined before an "
		    "expression uses it", r.single);
	else if (!r.unknown && !number_set(n, value))
		lex_error(&p->lexer, &at, "a constant that does not fit 64 "
		    "bits");
	return n;
}

int
parse_constant(struct parser *p, const char *name, const struct place *at,
    struct idl_number *number, struct idl_type *type)
{
	const struct idl_def *old = symbol_of(name)->constant;
	struct idl_def *d;

	/* The same again is harmless, and common between included files. */
	if (old != NULL && (type != NULL || old->number == NULL ||
	    !number->known || number_value(old->number) !=
	    number_value(number))) {
		parse_twice(p, name, at);
		return 0;
	}
	d = parse_define(p, DEF_CONST, name, at);
	if (d == NULL)
		return -1;
	d->number = number;
	d->type = type;
	return 0;
}
