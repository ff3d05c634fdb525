/*
 * Definitions in .x syntax: see print.h. What is printed is what was
 * understood, not what was written.
 */
#include "idl/print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "idl/symbols.h"

struct printer {
	struct buf *out;
	unsigned indent;
	int err;
};

static void body(struct printer *p, const struct idl_type *t);

__attribute__((format(printf, 2, 3))) static void
put(struct printer *p, const char *fmt, ...)
{
	char text[600];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (p->err == 0 && p->out->len > PRINT_MAX)
		p->err = -EMSGSIZE;
	if (p->err == 0)
		p->err = buf_append(p->out, text, n < (int)sizeof(text) ?
		    (size_t)n : sizeof(text) - 1);
}

static void
put_line(struct printer *p)
{
	put(p, "\n");
	for (unsigned i = 0; i < p->indent; i++)
		put(p, "\t");
}

static void
put_value(struct printer *p, const struct idl_number *n)
{
	put(p, n->large ? "%llu" : "%lld", (long long)n->value);
}

static void
put_number(struct printer *p, const struct idl_number *n)
{
	if (n->name != NULL)
		put(p, "%s", n->name);
	else
		put_value(p, n);
}

static void
put_bound(struct printer *p, const struct idl_type *t)
{
	put(p, t->fixed ? "[" : "<");
	if (t->bound != NULL)
		put_number(p, t->bound);
	put(p, t->fixed ? "]" : ">");
}

/*
 * As it was declared, where a number of C's is missing and the type is
 * unknown for that.
 */
static enum type_kind
declared(const struct idl_type *t)
{
	if (t->kind != TYPE_UNKNOWN)
		return t->kind;
	if (t->bound != NULL)
		return t->of != NULL ? TYPE_ARRAY : TYPE_OPAQUE;
	return t->nitems > 0 ? TYPE_ENUM : t->ncases > 0 ? TYPE_UNION :
	    TYPE_NAME;
}

/* What stands before a name. */
static void
specifier(struct printer *p, const struct idl_type *t)
{
	switch (declared(t)) {
	case TYPE_NAME:
		put(p, "%s%s%s", t->spelled ? t->spelled : "",
		    t->spelled ? " " : "", t->name ? t->name : "?");
		break;
	case TYPE_ENUM:
	case TYPE_STRUCT:
	case TYPE_UNION:
		body(p, t);
		break;
	case TYPE_OPAQUE:
		put(p, "opaque");
		break;
	case TYPE_STRING:
		put(p, "string");
		break;
	default:
		put(p, "%s", t->spelled ? t->spelled : "void");
	}
}

static void
declaration(struct printer *p, const struct idl_type *t, const char *name)
{
	enum type_kind kind = declared(t);

	if (kind == TYPE_ARRAY || kind == TYPE_OPTIONAL) {
		specifier(p, t->of);
		put(p, " %s%s", kind == TYPE_OPTIONAL ? "*" : "",
		    name ? name : "");
	} else {
		specifier(p, t);
		put(p, "%s%s", name ? " " : "", name ? name : "");
	}
	if (kind == TYPE_ARRAY || kind == TYPE_OPAQUE || kind == TYPE_STRING)
		put_bound(p, t);
}

/* One that only C knows is its name; what follows it has neither. */
static void
item(struct printer *p, const struct idl_item *i)
{
	put(p, "%s", i->name);
	if (!i->number->known && i->number->name == NULL)
		return;
	put(p, " = ");
	if (i->number->known)
		put_value(p, i->number);
	else
		put_number(p, i->number);
}

static void
enum_body(struct printer *p, const struct idl_type *t)
{
	for (size_t i = 0; i < t->nitems; i++) {
		put_line(p);
		item(p, &t->items[i]);
		put(p, i + 1 < t->nitems ? "," : "");
	}
}

static void
labels(struct printer *p, const struct idl_type *t, size_t arm)
{
	for (size_t i = 0; i < t->ncases; i++)
		if (t->cases[i].arm == arm) {
			put(p, "case ");
			put_number(p, t->cases[i].number);
			put(p, ": ");
		}
	if (t->default_arm == (int32_t)arm)
		put(p, "default: ");
}

static void
fields(struct printer *p, const struct idl_type *t)
{
	for (size_t i = 0; i < t->nfields; i++) {
		put_line(p);
		if (declared(t) == TYPE_UNION)
			labels(p, t, i);
		declaration(p, t->fields[i].type, t->fields[i].name);
		put(p, ";");
	}
}

/* "struct name { ... }", without the semicolon. */
static void
body(struct printer *p, const struct idl_type *t)
{
	enum type_kind kind = declared(t);

	put(p, "%s%s%s", kind == TYPE_ENUM ? "enum" :
	    kind == TYPE_UNION ? "union" : "struct", t->name ? " " : "",
	    t->name ? t->name : "");
	if (kind == TYPE_UNION) {
		put(p, " switch (");
		declaration(p, t->disc.type, t->disc.name);
		put(p, ")");
	}
	put(p, " {");
	p->indent++;
	if (kind == TYPE_ENUM)
		enum_body(p, t);
	else
		fields(p, t);
	p->indent--;
	put_line(p);
	put(p, "}");
}

static void
proc(struct printer *p, const struct idl_proc *c)
{
	declaration(p, c->result, NULL);
	put(p, " %s(", c->name);
	for (size_t i = 0; i < c->nargs; i++) {
		put(p, i ? ", " : "");
		declaration(p, c->args[i], NULL);
	}
	put(p, "%s) = ", c->nargs ? "" : "void");
	put(p, "%lld;", (long long)c->number->value);
}

static void
program(struct printer *p, const struct idl_program *g)
{
	put(p, "program %s {", g->name);
	for (size_t i = 0; i < g->nversions; i++) {
		const struct idl_version *v = &g->versions[i];

		put(p, "\n\tversion %s {", v->name);
		for (size_t k = 0; k < v->nprocs; k++) {
			put(p, "\n\t\t");
			proc(p, &v->procs[k]);
		}
		put(p, "\n\t} = %lld;", (long long)v->number->value);
	}
	/* Numbers that people chose themselves are hexadecimal by custom. */
	put(p, g->number->value >= 0x20000000 ? "\n} = 0x%llx;\n" :
	    "\n} = %llu;\n", (unsigned long long)g->number->value);
}

int
print_def(struct buf *out, const struct idl_def *d)
{
	struct printer p = { .out = out };

	if (d->kind == DEF_PROGRAM)
		program(&p, d->program);
	else if (d->kind == DEF_TYPEDEF) {
		put(&p, "typedef ");
		declaration(&p, d->type, d->name);
		put(&p, ";\n");
	} else if (d->kind == DEF_TYPE) {
		body(&p, d->type);
		put(&p, ";\n");
	} else if (d->number != NULL) {
		put(&p, "const %s = ", d->name);
		if (d->number->known)
			put_value(&p, d->number);
		else
			put_number(&p, d->number);
		put(&p, ";\n");
	} else
		put(&p, "const %s = \"%.400s\";\n", d->name, d->text);
	return p.err;
}

int
print_proc(struct buf *out, const struct idl_proc *c)
{
	struct printer p = { .out = out };

	proc(&p, c);
	return p.err;
}

int
print_number(struct buf *out, const struct idl_number *n)
{
	struct printer p = { .out = out };

	put(&p, "const %s = ", n->name);
	put_value(&p, n);
	put(&p, ";\n");
	return p.err;
}
