/*
 * Forms of values: JSON that encodes, to be filled in. See print.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "idl/print.h"

struct form {
	struct buf *out;
	int err;
};

static void fill(struct form *f, const struct idl_type *t, unsigned indent);

static void
put(struct form *f, const char *text)
{
	if (f->err == 0 && f->out->len > PRINT_MAX)
		f->err = -EMSGSIZE;
	if (f->err == 0)
		f->err = buf_append(f->out, text, strlen(text));
}

static void
put_line(struct form *f, unsigned indent)
{
	put(f, "\n");
	while (indent-- > 0)
		put(f, "  ");
}

static void
member(struct form *f, const char *key, const struct idl_type *t,
    bool first, unsigned indent)
{
	put(f, first ? "" : ",");
	put_line(f, indent);
	put(f, "\"");
	put(f, key);
	put(f, "\": ");
	fill(f, t, indent);
}

static void
members(struct form *f, const struct idl_type *t, size_t n, unsigned indent)
{
	put(f, "{");
	for (size_t i = 0; i < n; i++)
		member(f, t->fields[i].key, t->fields[i].type, i == 0,
		    indent + 1);
	put_line(f, n > 0 ? indent : 0);
	put(f, "}");
}

/* The discriminant of the arm that is shown: the first one with a value. */
static const struct idl_case *
shown_case(const struct idl_type *t)
{
	for (size_t i = 0; i < t->ncases; i++)
		if (t->fields[t->cases[i].arm].key != NULL)
			return &t->cases[i];
	return t->ncases > 0 ? &t->cases[0] : NULL;
}

static void
put_case(struct form *f, const struct idl_type *disc, int64_t value)
{
	const struct idl_item *item = disc->kind == TYPE_ENUM ?
	    type_item(disc, value) : NULL;
	char number[24];

	if (item != NULL) {
		put(f, "\"");
		put(f, item->name);
		put(f, "\"");
		return;
	}
	snprintf(number, sizeof(number), "%lld", (long long)value);
	put(f, disc->kind == TYPE_BOOL ? (value ? "true" : "false") : number);
}

static void
union_form(struct form *f, const struct idl_type *t, unsigned indent)
{
	const struct idl_case *c = shown_case(t);
	const struct idl_field *arm = c ? &t->fields[c->arm] :
	    &t->fields[t->default_arm];

	put(f, "{");
	put_line(f, indent + 1);
	put(f, "\"");
	put(f, t->disc.name);
	put(f, "\": ");
	put_case(f, type_real(t->disc.type), c ? c->number->value : 0);
	if (arm->key != NULL)
		member(f, arm->key, arm->type, false, indent + 1);
	put_line(f, indent);
	put(f, "}");
}

/* A single element; of [N] as many as that, within reason. */
static void
array_form(struct form *f, const struct idl_type *t, unsigned indent)
{
	uint32_t n = t->fixed ? t->max :
	    t->max > 0 && indent < TEMPLATE_DEPTH;

	put(f, "[");
	for (uint32_t i = 0; i < n && f->err == 0; i++) {
		put(f, i ? ", " : "");
		fill(f, t->of, indent);
	}
	put(f, "]");
}

static void
opaque_form(struct form *f, const struct idl_type *t)
{
	put(f, "\"hex:");
	for (uint32_t i = 0; t->fixed && i < t->max && f->err == 0; i++)
		put(f, "00");
	put(f, "\"");
}

static void
optional_form(struct form *f, const struct idl_type *t, unsigned indent)
{
	const struct idl_type *of = type_real(t->of);

	/* What is in itself ends here. */
	if (indent >= TEMPLATE_DEPTH || of->kind == TYPE_OPTIONAL)
		put(f, t->list ? "[]" : "null");
	else if (!t->list)
		fill(f, of, indent);
	else {
		put(f, "[");
		members(f, of, of->nfields - 1, indent);
		put(f, "]");
	}
}

static void
enum_form(struct form *f, const struct idl_type *t)
{
	put_case(f, t, t->nitems > 0 ? (int32_t)t->items[0].number->value : 0);
}

static void
fill(struct form *f, const struct idl_type *t, unsigned indent)
{
	t = type_real(t);
	if (f->err != 0)
		return;
	switch (t->kind) {
	case TYPE_STRUCT: members(f, t, t->nfields, indent); break;
	case TYPE_UNION: union_form(f, t, indent); break;
	case TYPE_ARRAY: array_form(f, t, indent); break;
	case TYPE_OPTIONAL: optional_form(f, t, indent); break;
	case TYPE_OPAQUE: opaque_form(f, t); break;
	case TYPE_ENUM: enum_form(f, t); break;
	case TYPE_STRING: put(f, "\"\""); break;
	case TYPE_HYPER: put(f, "\"0\""); break;
	case TYPE_BOOL: put(f, "false"); break;
	case TYPE_VOID:
	case TYPE_UNKNOWN: put(f, "null"); break;
	default: put(f, "0");
	}
}

int
print_template(struct buf *out, const struct idl_type *t, unsigned indent)
{
	struct form f = { .out = out };

	fill(&f, t, indent);
	return f.err;
}
