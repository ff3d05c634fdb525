/*
 * Declarations: a type, a name, and what stands around it. See parse.h.
 */
#include <stdlib.h>

#include "idl/parse.h"

/* "[N]" or "<N>" or "<>" for what t becomes; fixed says which. */
static int
parse_bound(struct parser *p, struct idl_type *t, bool fixed)
{
	char close = fixed ? ']' : '>';

	t->fixed = fixed;
	parse_advance(p);
	if (!fixed && parse_take(p, '>'))
		return 0;
	t->bound = parse_number(p, !fixed);
	if (t->bound == NULL)
		return -1;
	return parse_expect(p, close);
}

/* opaque or string, and its bound, which follows the name. */
static int
bytes(struct parser *p, struct idl_type *t, bool may_lack)
{
	bool fixed = parse_at(p, '[');

	if (fixed && t->kind == TYPE_STRING)
		return parse_wrong(p, "\"<\": a string has no fixed length");
	if (fixed || parse_at(p, '<'))
		return parse_bound(p, t, fixed);
	if (may_lack)
		return 0;
	return parse_wrong(p, t->kind == TYPE_STRING ? "\"<\"" :
	    "\"<\" or \"[\"");
}

/* What follows a name: [N], <N>, or nothing. */
static struct idl_type *
array_of(struct parser *p, struct idl_type *of)
{
	bool fixed = parse_at(p, '[');
	struct idl_type *t;

	if (!fixed && !parse_at(p, '<'))
		return of;
	t = parse_new_type(p, TYPE_ARRAY);
	if (t == NULL)
		return NULL;
	t->of = of;
	if (parse_bound(p, t, fixed) != 0)
		return NULL;
	if (!parse_at(p, '[') && !parse_at(p, '<'))
		return t;
	parse_wrong(p, "\";\": an array of arrays needs a typedef");
	return NULL;
}

static struct idl_type *
optional(struct parser *p, struct idl_type *of)
{
	struct idl_type *t = parse_new_type(p, TYPE_OPTIONAL);

	if (t != NULL)
		t->of = of;
	return t;
}

/* opaque, string: the name stands before the bound. */
static int
declare_bytes(struct parser *p, struct idl_field *f)
{
	struct idl_type *t = parse_new_type(p,
	    parse_at_key(p, KEY_STRING) ? TYPE_STRING : TYPE_OPAQUE);

	if (t == NULL)
		return -1;
	parse_advance(p);
	f->place = p->token.place;
	f->name = parse_name(p, "a name");
	f->type = t;
	return f->name ? bytes(p, t, false) : -1;
}

static int
declare(struct parser *p, struct idl_field *f)
{
	struct idl_type *t = parse_specifier(p);
	bool pointer = t != NULL && parse_take(p, '*');

	if (t == NULL)
		return -1;
	f->place = p->token.place;
	f->name = parse_name(p, "a name");
	if (f->name == NULL)
		return -1;
	if (pointer && (parse_at(p, '[') || parse_at(p, '<')))
		return parse_wrong(p, "\";\": an array of optional data needs a "
		    "typedef");
	f->type = pointer ? optional(p, t) : array_of(p, t);
	return f->type ? 0 : -1;
}

int
parse_declaration(struct parser *p, struct idl_field *f, bool void_too)
{
	struct place at = p->token.place;
	int err = 0;

	f->place = at;
	if (parse_at_key(p, KEY_VOID)) {
		if (!void_too)
			return parse_wrong(p, "a type: void is for arms of "
			    "unions");
		parse_advance(p);
		f->type = parse_new_type(p, TYPE_VOID);
		return f->type ? 0 : -1;
	}
	if (parse_at_key(p, KEY_OPAQUE) || parse_at_key(p, KEY_STRING))
		err = declare_bytes(p, f);
	else
		err = declare(p, f);
	f->key = f->name;
	return err;
}

struct idl_type *
parse_parameter(struct parser *p)
{
	struct idl_type *t;
	bool text = parse_at_key(p, KEY_STRING);

	if (parse_take_key(p, KEY_VOID))
		return parse_new_type(p, TYPE_VOID);
	if (text || parse_at_key(p, KEY_OPAQUE)) {
		t = parse_new_type(p, text ? TYPE_STRING : TYPE_OPAQUE);
		if (t == NULL)
			return NULL;
		parse_advance(p);
		return bytes(p, t, text) == 0 ? t : NULL;
	}
	t = parse_specifier(p);
	if (t == NULL)
		return NULL;
	if (parse_take(p, '*'))
		return optional(p, t);
	return array_of(p, t);
}
