/*
 * Type specifiers and the bodies of enums, structs and unions: see parse.h.
 */
#include "idl/parse.h"

struct idl_type *
parse_new_type(struct parser *p, enum type_kind kind)
{
	struct schema *s = p->schema;
	struct idl_type *t, **types;

	if (parse_count(p, s->ntypes, SCHEMA_DEFS, "types") != 0)
		return NULL;
	types = parse_append(p, s->types, s->ntypes,
	    sizeof(struct idl_type *));
	t = parse_alloc(p, sizeof(*t));
	if (types == NULL || t == NULL)
		return NULL;
	s->types = types;
	s->types[s->ntypes++] = t;
	t->kind = kind;
	t->place = p->token.place;
	t->default_arm = -1;
	t->bits = 32;
	return t;
}

/* The words for integers, alone or after "unsigned". */
static const struct {
	enum keyword key;
	enum type_kind kind;
	uint8_t bits;
	const char *spelled[2];		/* signed, unsigned */
} integers[] = {
	{ KEY_INT, TYPE_INT, 32, { "int", "unsigned int" } },
	{ KEY_HYPER, TYPE_HYPER, 64, { "hyper", "unsigned hyper" } },
	{ KEY_LONG, TYPE_INT, 32, { "long", "unsigned long" } },
	{ KEY_SHORT, TYPE_INT, 16, { "short", "unsigned short" } },
	{ KEY_CHAR, TYPE_INT, 8, { "char", "unsigned char" } },
};

static const struct {
	enum keyword key;
	enum type_kind kind;
	const char *spelled;
} others[] = {
	{ KEY_FLOAT, TYPE_FLOAT, "float" },
	{ KEY_DOUBLE, TYPE_DOUBLE, "double" },
	{ KEY_QUADRUPLE, TYPE_QUAD, "quadruple" },
	{ KEY_BOOL, TYPE_BOOL, "bool" },
};

static struct idl_type *
integer(struct parser *p, bool is_unsigned)
{
	struct idl_type *t;
	size_t i = 0, n = sizeof(integers) / sizeof(integers[0]);

	while (i < n && !parse_at_key(p, integers[i].key))
		i++;
	if (i == n && !is_unsigned)
		return NULL;
	t = parse_new_type(p, i < n ? integers[i].kind : TYPE_INT);
	if (t == NULL)
		return NULL;
	t->is_unsigned = is_unsigned;
	t->bits = i < n ? integers[i].bits : 32;
	t->spelled = i < n ? integers[i].spelled[is_unsigned] : "unsigned";
	if (i < n)
		parse_advance(p);
	return t;
}

static struct idl_type *
other_builtin(struct parser *p)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct place at = p->token.place;
		struct idl_type *t;

		if (!parse_take_key(p, others[i].key))
			continue;
		t = parse_new_type(p, others[i].kind);
		if (t != NULL)
			t->spelled = others[i].spelled;
		if (others[i].key == KEY_QUADRUPLE)
			parse_rpcgen(p, &at, "rpcgen passes quadruple to C, "
			    "which has no such type");
		return t;
	}
	return NULL;
}

static struct idl_type *
named(struct parser *p, const char *spelled)
{
	struct idl_type *t = parse_new_type(p, TYPE_NAME);

	if (t == NULL)
		return NULL;
	t->spelled = spelled;
	t->name = parse_name(p, "a type");
	return t->name ? t : NULL;
}

/* After enum, struct or union: a body inline, or the name of one. */
static struct idl_type *
body_or_name(struct parser *p, char open, const char *spelled,
    struct idl_type *(*body)(struct parser *, const char *))
{
	bool inlined = open ? parse_at(p, open) : parse_at_key(p, KEY_SWITCH);
	struct idl_type *t;

	if (!inlined)
		return named(p, spelled);
	parse_rpcgen(p, &p->token.place, "rpcgen knows no %s inside of "
	    "another declaration: name it", spelled);
	if (p->depth == SCHEMA_DEPTH) {
		lex_limit(&p->lexer, &p->token.place,
		    "types nested more than 64 deep");
		p->panic = true;
		return NULL;
	}
	p->depth++;
	t = body(p, NULL);
	p->depth--;
	return t;
}

struct idl_type *
parse_specifier(struct parser *p)
{
	struct idl_type *t;

	if (parse_take_key(p, KEY_UNSIGNED))
		return integer(p, true);
	if (parse_take_key(p, KEY_ENUM))
		return body_or_name(p, '{', "enum", parse_enum);
	if (parse_take_key(p, KEY_STRUCT))
		return body_or_name(p, '{', "struct", parse_struct);
	if (parse_take_key(p, KEY_UNION))
		return body_or_name(p, '\0', "union", parse_union);
	t = integer(p, false);
	if (t == NULL && !p->panic)
		t = other_builtin(p);
	return t != NULL || p->panic ? t : named(p, NULL);
}

/* NAME [= NUMBER]: without one it is the last one's and one more. */
static int
parse_item(struct parser *p, struct idl_type *t)
{
	struct place at = p->token.place;
	const char *name = parse_name(p, "a name");
	struct idl_number *n;

	t->items = parse_append(p, t->items, t->nitems, sizeof(*t->items));
	if (name == NULL || t->items == NULL)
		return -1;
	if (parse_take(p, '='))
		n = parse_number(p, false);
	else if ((n = parse_alloc(p, sizeof(*n))) != NULL) {
		const struct idl_number *last = t->nitems > 0 ?
		    t->items[t->nitems - 1].number : NULL;

		if (last == NULL || last->known)
			number_set(n, last ? number_value(last) + 1 : 0);
		n->place = at;
	}
	if (n == NULL)
		return -1;
	t->items[t->nitems++] = (struct idl_item){ name, n };
	return parse_constant(p, name, &at, n, t);
}

struct idl_type *
parse_enum(struct parser *p, const char *name)
{
	struct idl_type *t = parse_new_type(p, TYPE_ENUM);
	struct place at;

	if (t == NULL || parse_expect(p, '{') != 0)
		return NULL;
	t->name = name;
	do {
		at = p->token.place;
		if (parse_at(p, '}') && t->nitems > 0)
			parse_rpcgen(p, &at, "rpcgen wants no comma after the "
			    "last name");
		else if (parse_count(p, t->nitems, SCHEMA_ITEMS,
		    "names in an enum") != 0 || parse_item(p, t) != 0)
			return NULL;
	} while (parse_take(p, ','));
	return parse_expect(p, '}') == 0 ? t : NULL;
}

static struct idl_field *
new_field(struct parser *p, struct idl_type *t)
{
	struct idl_field *fields;

	if (parse_count(p, t->nfields, SCHEMA_MEMBERS, "members") != 0)
		return NULL;
	fields = parse_append(p, t->fields, t->nfields, sizeof(*fields));
	if (fields == NULL)
		return NULL;
	t->fields = fields;
	return &t->fields[t->nfields++];
}

struct idl_type *
parse_struct(struct parser *p, const char *name)
{
	struct idl_type *t = parse_new_type(p, TYPE_STRUCT);

	if (t == NULL || parse_expect(p, '{') != 0)
		return NULL;
	t->name = name;
	do {
		struct idl_field *f = new_field(p, t);

		if (f == NULL || parse_declaration(p, f, false) != 0 ||
		    parse_expect(p, ';') != 0)
			return NULL;
	} while (!parse_take(p, '}'));
	return t;
}

/* "case N:", any number of them, or "default:". */
static int
parse_labels(struct parser *p, struct idl_type *t)
{
	bool any = false;

	while (parse_take_key(p, KEY_CASE)) {
		struct idl_case *c;

		if (parse_count(p, t->ncases, SCHEMA_ITEMS, "cases") != 0)
			return -1;
		c = parse_append(p, t->cases, t->ncases, sizeof(*c));
		if (c == NULL)
			return -1;
		t->cases = c;
		c[t->ncases].arm = (uint32_t)t->nfields;
		c[t->ncases].number = parse_number(p, false);
		if (c[t->ncases].number == NULL || parse_expect(p, ':') != 0)
			return -1;
		t->ncases++;
		any = true;
	}
	if (parse_at_key(p, KEY_DEFAULT)) {
		if (t->default_arm >= 0)
			lex_error(&p->lexer, &p->token.place,
			    "a second default");
		parse_advance(p);
		t->default_arm = (int32_t)t->nfields;
		any = true;
		if (parse_expect(p, ':') != 0)
			return -1;
	} else if (t->default_arm >= 0 && any)
		parse_rpcgen(p, &p->token.place, "rpcgen wants default to be "
		    "the last arm");
	return any ? 0 : parse_wrong(p, "case or default");
}

struct idl_type *
parse_union(struct parser *p, const char *name)
{
	struct idl_type *t = parse_new_type(p, TYPE_UNION);

	if (t == NULL)
		return NULL;
	t->name = name;
	if (!parse_take_key(p, KEY_SWITCH)) {
		parse_wrong(p, "switch");
		return NULL;
	}
	if (parse_expect(p, '(') != 0 ||
	    parse_declaration(p, &t->disc, false) != 0 ||
	    parse_expect(p, ')') != 0 || parse_expect(p, '{') != 0)
		return NULL;
	do {
		struct idl_field *f;

		if (parse_labels(p, t) != 0 || (f = new_field(p, t)) == NULL ||
		    parse_declaration(p, f, true) != 0 ||
		    parse_expect(p, ';') != 0)
			return NULL;
	} while (!parse_take(p, '}'));
	return t;
}
