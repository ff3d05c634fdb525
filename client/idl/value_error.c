/*
 * Errors of values and the paths in them: see value.h.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "idl/value_in.h"

enum { PATH_STEPS = 12 };	/* shown of a path, from its end */

char *
step_format(const struct step *s, char *out, size_t size)
{
	const struct step *steps[PATH_STEPS];
	size_t n = 0, len = 0;

	for (; s != NULL && s->up != NULL && n < PATH_STEPS; s = s->up)
		steps[n++] = s;
	out[0] = '\0';
	if (s != NULL && s->up != NULL)
		len = (size_t)snprintf(out, size, "...");
	while (n-- > 0 && len < size)
		len += (size_t)(steps[n]->name ? snprintf(out + len,
		    size - len, ".%s", steps[n]->name) : snprintf(out + len,
		    size - len, "[%zu]", steps[n]->index));
	return out;
}

__attribute__((format(printf, 4, 0))) static void
fill(struct value_error *x, const char *what, const struct step *s,
    const char *fmt, va_list ap)
{
	char path[160];
	int n;

	if (x->text[0] != '\0')
		return;
	step_format(s, path, sizeof(path));
	n = snprintf(x->text, sizeof(x->text), "%s%s%s: ", what,
	    path[0] ? " " : "", path);
	vsnprintf(x->text + n, sizeof(x->text) - (size_t)n, fmt, ap);
}

int
encode_wrong(struct encoder *e, const struct step *s, uint32_t token,
    const char *fmt, ...)
{
	va_list ap;

	/* A missing value is missed in the object around it. */
	if (token != VALUE_NONE && e->error->text[0] == '\0') {
		const struct json_token *t = &e->json->tokens[token];

		e->error->at = t->at - (t->kind == JSON_STRING);
	}
	va_start(ap, fmt);
	fill(e->error, e->what, s, fmt, ap);
	va_end(ap);
	return -EBADMSG;
}

static const char *
hint_for(enum type_kind kind)
{
	switch (kind) {
	case TYPE_OPAQUE:
		return "write \"hex:5245\", \"base64:UkU=\", \"text:RE\" or "
		    "\"@file\"";
	case TYPE_INT:
		return "write a whole number, without \".\" or \"e\", or "
		    "\"0x1f\"";
	case TYPE_STRING:
		return "write \"text\", or {\"$bytes\": \"hex:ff\"} for bytes "
		    "that are not UTF-8";
	default:
		return "";
	}
}

void
value_hint_missing(const struct encoder *e)
{
	struct value_error *x = e->error;

	if (x->text[0] == '\0')
		snprintf(x->hint, sizeof(x->hint), "zeros for all that is "
		    "missing: --zero-fill; a form to fill in: %s", e->form ?
		    e->form : "rpcall describe --template NAME");
}

void
value_hint_members(const struct encoder *e, const struct idl_type *t,
    size_t n)
{
	struct value_error *x = e->error;

	if (x->text[0] == '\0')
		type_members(t, n, x->hint, sizeof(x->hint));
}

void
value_hint_include(struct value_error *x)
{
	if (x->text[0] == '\0')
		snprintf(x->hint, sizeof(x->hint), "each .x file stands on "
		    "its own: it has to #include the one with that type");
}

int
encode_not(struct encoder *e, const struct step *s, uint32_t token,
    const struct idl_type *t)
{
	struct value_error *x = e->error;
	char type[128];

	if (x->text[0] == '\0') {
		snprintf(x->label, sizeof(x->label), "%s", json_kind_name(
		    e->json->tokens[token].kind));
		snprintf(x->hint, sizeof(x->hint), "%s",
		    hint_for(type_real(t)->kind));
	}
	return encode_wrong(e, s, token, "expected %s",
	    type_describe(t, type, sizeof(type)));
}

int
decode_wrong(struct decoder *d, const struct step *s, const char *fmt, ...)
{
	va_list ap;

	if (d->error->text[0] == '\0')
		d->error->at = d->at;
	va_start(ap, fmt);
	fill(d->error, d->what, s, fmt, ap);
	va_end(ap);
	return -EBADMSG;
}
