/*
 * The parser of .x files: definitions, and going on after errors. See
 * parse.h; called through schema.h.
 */
#include "idl/parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/source.h"

void
parse_advance(struct parser *p)
{
	lex_next(&p->lexer, &p->token);
}

bool
parse_at(const struct parser *p, char punct)
{
	return p->token.kind == TOK_PUNCT && p->token.punct == punct &&
	    !p->token.twice;
}

bool
parse_at_key(const struct parser *p, enum keyword key)
{
	return p->token.kind == TOK_NAME && p->token.name != NULL &&
	    p->token.name->keyword == (int)key;
}

bool
parse_take(struct parser *p, char punct)
{
	if (!parse_at(p, punct))
		return false;
	parse_advance(p);
	return true;
}

bool
parse_take_key(struct parser *p, enum keyword key)
{
	if (!parse_at_key(p, key))
		return false;
	parse_advance(p);
	return true;
}

int
parse_wrong(struct parser *p, const char *what)
{
	const struct token *t = &p->token;
	bool shown = t->kind != TOK_END;

	/* One mistake, one error; a limit was said already. */
	if (!p->panic && !p->lexer.stop)
		lex_error(&p->lexer, &t->place, "expected %s, not %s%.*s%s",
		    what, shown ? "\"" : "the end",
		    shown ? (int)(t->len < 40 ? t->len : 40) : 0, t->text,
		    shown ? "\"" : "");
	p->panic = true;
	return -1;
}

int
parse_expect(struct parser *p, char punct)
{
	char what[4] = { '"', punct, '"', '\0' };

	return parse_take(p, punct) ? 0 : parse_wrong(p, what);
}

void
parse_rpcgen(struct parser *p, const struct place *at, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	if (!p->options->rpcgen)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_add(p->diags, DIAG_RPCGEN, NULL, at, "%s", text);
}

const char *
parse_name(struct parser *p, const char *what)
{
	struct symbol *y = p->token.name;

	if (p->token.kind != TOK_NAME || y == NULL ||
	    (y->keyword != KEY_NONE && y->keyword != KEY_NAMESPACE)) {
		parse_wrong(p, what);
		return NULL;
	}
	parse_advance(p);
	return y->name;
}

static void
out_of_memory(struct parser *p)
{
	lex_limit(&p->lexer, &p->token.place,
	    "too many definitions: out of memory");
	p->panic = true;
}

void *
parse_alloc(struct parser *p, size_t n)
{
	void *new = arena_alloc(&p->schema->arena, n);

	if (new == NULL)
		out_of_memory(p);
	return new;
}

void *
parse_append(struct parser *p, void *array, size_t n, size_t size)
{
	void *new = arena_append(&p->schema->arena, array, n, size);

	if (new == NULL)
		out_of_memory(p);
	return new;
}

int
parse_count(struct parser *p, size_t n, size_t max, const char *what)
{
	char text[80];

	if (n < max)
		return 0;
	snprintf(text, sizeof(text), "more than %zu %s", max, what);
	lex_limit(&p->lexer, &p->token.place, text);
	p->panic = true;
	return -1;
}

static struct idl_def **
slot_of(struct symbol *y, enum def_kind kind)
{
	return kind == DEF_CONST ? &y->constant :
	    kind == DEF_PROGRAM ? &y->program : &y->type;
}

struct idl_def *
parse_define(struct parser *p, enum def_kind kind, const char *name,
    const struct place *at)
{
	struct schema *s = p->schema;
	struct idl_def **slot = slot_of(symbol_of(name), kind), *d, **defs;

	if (*slot != NULL && kind != DEF_CONST) {
		parse_twice(p, name, at);
		return NULL;
	}
	if (parse_count(p, s->ndefs, SCHEMA_DEFS, "definitions") != 0)
		return NULL;
	defs = parse_append(p, s->defs, s->ndefs, sizeof(struct idl_def *));
	d = parse_alloc(p, sizeof(*d));
	if (defs == NULL || d == NULL)
		return NULL;
	s->defs = defs;
	s->defs[s->ndefs++] = d;
	d->kind = kind;
	d->name = name;
	d->place = *at;
	if (*slot == NULL)
		*slot = d;
	return d;
}

static int
define_type(struct parser *p, enum def_kind kind, const char *name,
    struct idl_type *type, const struct place *at)
{
	struct idl_def *d = type ? symbol_of(name)->type : NULL;

	if (d != NULL && d->kind == kind && !d->c)
		return repeat_note(p, d, type, at);
	d = type ? parse_define(p, kind, name, at) : NULL;
	if (d != NULL)
		d->type = type;
	return d != NULL || !p->panic ? 0 : -1;
}

static int
parse_typedef(struct parser *p)
{
	struct idl_field f = { 0 };

	if (parse_declaration(p, &f, false) != 0)
		return -1;
	/* typedef struct foo foo: C wants that, here it is so anyway. */
	if (f.type->kind == TYPE_NAME && f.type->spelled != NULL &&
	    f.type->name == f.name)
		return 0;
	return define_type(p, DEF_TYPEDEF, f.name, f.type, &f.place);
}

/* const NAME = NUMBER, or a text, which is for C only. */
static int
parse_const(struct parser *p)
{
	struct place at = p->token.place;
	const char *name = parse_name(p, "the constant's name");
	struct idl_number *n;
	struct idl_def *d;
	char *text;

	if (name == NULL || parse_expect(p, '=') != 0)
		return -1;
	if (p->token.kind == TOK_TEXT) {
		if ((text = parse_alloc(p, p->token.len + 1)) == NULL ||
		    (d = parse_define(p, DEF_CONST, name, &at)) == NULL)
			return -1;
		d->text = memcpy(text, p->token.text, p->token.len);
		parse_advance(p);
		return 0;
	}
	n = parse_number(p, false);
	return n ? parse_constant(p, name, &at, n, NULL) : -1;
}

/* struct NAME { ... }, and enum and union like it. */
static int
parse_named(struct parser *p, struct idl_type *(*body)(struct parser *,
    const char *))
{
	struct place at = p->token.place;
	const char *name = parse_name(p, "a name");

	return name ? define_type(p, DEF_TYPE, name, body(p, name), &at) : -1;
}

/* namespace NAME { definitions }: what some dialects have; it is flat here. */
static int
parse_namespace(struct parser *p, const struct place *at)
{
	parse_rpcgen(p, at, "rpcgen knows no namespace");
	while (parse_name(p, "the namespace's name") != NULL &&
	    parse_take(p, ':'))
		if (parse_expect(p, ':') != 0)
			return -1;
	return p->panic ? -1 : parse_expect(p, '{');
}

static int
parse_definition(struct parser *p, unsigned *namespaces)
{
	struct place at = p->token.place;

	if (*namespaces > 0 && parse_take(p, '}')) {
		--*namespaces;
		return 0;
	}
	if (parse_take_key(p, KEY_NAMESPACE)) {
		++*namespaces;
		return parse_namespace(p, &at);
	}
	if (parse_take_key(p, KEY_TYPEDEF))
		return parse_typedef(p) ? -1 : parse_expect(p, ';');
	if (parse_take_key(p, KEY_CONST))
		return parse_const(p) ? -1 : parse_expect(p, ';');
	if (parse_take_key(p, KEY_ENUM))
		return parse_named(p, parse_enum) ? -1 : parse_expect(p, ';');
	if (parse_take_key(p, KEY_STRUCT))
		return parse_named(p, parse_struct) ? -1 : parse_expect(p, ';');
	if (parse_take_key(p, KEY_UNION))
		return parse_named(p, parse_union) ? -1 : parse_expect(p, ';');
	if (parse_take_key(p, KEY_PROGRAM))
		return parse_program(p) ? -1 : parse_expect(p, ';');
	return parse_wrong(p, "a definition (const, enum, program, struct, "
	    "typedef, union)");
}

static bool
begins_definition(const struct parser *p)
{
	static const enum keyword begin[] = { KEY_CONST, KEY_PROGRAM,
		KEY_TYPEDEF, KEY_ENUM, KEY_STRUCT, KEY_UNION, KEY_NAMESPACE };
	size_t at = p->token.place.offset;

	/* Within a body these are indented, by everybody. */
	if (at > 0 && p->token.place.source->text[at - 1] != '\n')
		return false;
	for (size_t i = 0; i < sizeof(begin) / sizeof(begin[0]); i++)
		if (parse_at_key(p, begin[i]))
			return true;
	return false;
}

/* Goes to where the next definition begins, most likely. */
static void
recover(struct parser *p)
{
	int braces = 0;

	p->panic = false;
	p->depth = 0;
	while (p->token.kind != TOK_END && !begins_definition(p)) {
		if (parse_at(p, '{'))
			braces++;
		else if (parse_at(p, '}'))
			braces--;
		else if (parse_at(p, ';') && braces <= 0) {
			parse_advance(p);
			/* A ";" of a member, when the body's "{" was before. */
			if (braces < 0 || begins_definition(p))
				return;
			continue;
		}
		parse_advance(p);
	}
}

static void
parse_file(struct parser *p)
{
	unsigned namespaces = 0;

	parse_advance(p);
	while (p->token.kind != TOK_END) {
		size_t at = p->token.place.offset;

		if (parse_definition(p, &namespaces) == 0)
			continue;
		if (p->token.place.offset == at)
			parse_advance(p);
		recover(p);
	}
	if (namespaces > 0 && !p->lexer.stop)
		parse_wrong(p, "\"}\" of the namespace");
}

int
parse_text(struct parser *p, const struct source *src)
{
	unsigned none = 0;

	p->lexer.ninputs = 1;
	p->lexer.nconds = 0;
	p->lexer.inputs[0] = (struct input){ .source = src, .end = src->len };
	parse_advance(p);
	return parse_definition(p, &none);
}

static int
load(struct schema *s, struct source *src, const struct schema_options *o,
    struct diags *d)
{
	struct parser *p = calloc(1, sizeof(*p));
	unsigned errors = d->count[DIAG_ERROR];

	if (p == NULL)
		return -ENOMEM;
	*p = (struct parser){ .schema = s, .options = o, .diags = d };
	if (lex_init(&p->lexer, s, src, o, d) != 0) {
		free(p);
		return -ENOMEM;
	}
	parse_file(p);
	repeats_check(p);
	/* What does not parse would only be missed, again and again. */
	if (d->count[DIAG_ERROR] == errors)
		resolve(p);
	if (d->count[DIAG_ERROR] == errors)
		layout(p);
	if (d->count[DIAG_ERROR] == errors && o->rpcgen)
		refuse(p);
	free(p);
	if (s->arena.starved)
		return -ENOMEM;
	return d->count[DIAG_ERROR] > errors ? -EBADMSG : 0;
}

int
schema_load_file(struct schema *s, const char *path,
    const struct schema_options *o, struct diags *d)
{
	struct source *src = source_file(s, path);

	return src ? load(s, src, o, d) : -errno;
}

int
schema_load_text(struct schema *s, const char *name, const char *text,
    size_t len, const struct schema_options *o, struct diags *d)
{
	struct source *src = source_text(s, name, text, len);

	return src ? load(s, src, o, d) : -errno;
}
