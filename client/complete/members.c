/*
 * Members and values at the cursor: see members.h. Goes by what a user may
 * write (idl/fields.h, idl/value.h), which is not always what XDR has.
 */
#include "complete/members.h"

#include <string.h>

#include "complete/sources.h"
#include "idl/fields.h"

size_t
spot_count(const struct spot *s)
{
	const struct idl_type *t = field_container(s->type);

	if (t->kind == TYPE_UNION)
		return t->nfields + 1;
	if (t->kind != TYPE_STRUCT)
		return 0;
	return t->nfields - (s->element && t->nfields > 0);
}

struct idl_field
spot_member(const struct spot *s, size_t i)
{
	const struct idl_type *t = field_container(s->type);
	struct idl_field disc;

	if (t->kind != TYPE_UNION)
		return t->fields[i];
	if (i > 0)
		return t->fields[i - 1];
	disc = t->disc;
	disc.key = disc.name;
	return disc;
}

bool
spot_enter(struct spot *s, const char *name, size_t n)
{
	const char *key;
	const struct idl_type *t = field_member(field_container(s->type),
	    name, n, &key);

	if (t == NULL)
		return false;
	*s = (struct spot){ t, false };
	return true;
}

bool
spot_enter_element(struct spot *s)
{
	const struct idl_type *t = field_container(s->type);

	if (t->kind != TYPE_ARRAY && t->kind != TYPE_OPTIONAL)
		return false;
	*s = (struct spot){ t->of, t->kind == TYPE_OPTIONAL };
	return true;
}

/* What follows the name of a member of this type in a path. */
static const char *
ending(const struct idl_type *t)
{
	const struct idl_type *in = field_container(t);

	if (in->kind == TYPE_STRUCT || in->kind == TYPE_UNION)
		return ".";
	if (in->kind == TYPE_OPTIONAL)
		return "[0].";
	if (in->kind != TYPE_ARRAY)
		return "=";
	in = field_container(in->of);
	return in->kind == TYPE_STRUCT || in->kind == TYPE_UNION ? "[0]." :
	    in->kind == TYPE_ARRAY || in->kind == TYPE_OPTIONAL ? "[0][" :
	    "[0]=";
}

static void
add_members(struct candidates *c, const struct spot *s)
{
	for (size_t i = 0; i < spot_count(s); i++) {
		struct idl_field m = spot_member(s, i);

		if (m.key != NULL)
			candidates_addf(c, true, "%s%s", m.key,
			    ending(m.type));
	}
}

/* Goes down along the word as far as segments end: false if it cannot. */
static bool
walk_down(struct candidates *c, struct spot *s)
{
	for (;;) {
		size_t n = strcspn(c->word, ".[]=");
		char end = c->word[n];

		if (end == '\0')
			return true;
		if (end == ']' ? !spot_enter_element(s) :
		    n > 0 && !spot_enter(s, c->word, n))
			return false;
		/* "[3]" is followed by a member, an index or the value. */
		candidates_skip(c, n + 1);
		if (end == '=')
			return true;
	}
}

void
complete_field(struct candidates *c, const struct idl_type *t)
{
	struct spot s = { t, false };
	size_t len;

	if (!walk_down(c, &s))
		return;
	len = strlen(c->lead);
	if (len > 0 && c->lead[len - 1] == '=')
		members_values(c, s.type);
	else if (len == 0 || c->lead[len - 1] == '.')
		add_members(c, &s);
}

bool
spot_is_union(const struct spot *s)
{
	return field_container(s->type)->kind == TYPE_UNION;
}

static bool
is_name(const char *name, const char *text, size_t n)
{
	return strlen(name) == n && memcmp(name, text, n) == 0;
}

const struct idl_field *
spot_arm(const struct spot *s, const char *name, size_t n)
{
	const struct idl_type *t = field_container(s->type);
	const struct idl_type *disc = type_real(t->disc.type);

	for (size_t i = 0; i < disc->nitems; i++)
		if (is_name(disc->items[i].name, name, n))
			return type_arm(t, disc->items[i].number->value);
	if (disc->kind == TYPE_BOOL && (is_name("true", name, n) ||
	    is_name("false", name, n)))
		return type_arm(t, is_name("true", name, n));
	return NULL;
}

static void
add_values(struct candidates *c, const struct idl_type *t, const char *quote)
{
	static const char *const forms[] = { "text:", "hex:", "base64:", "@" };

	if (type_real(t)->kind == TYPE_OPTIONAL && !type_real(t)->list)
		candidates_add(c, "null", false);
	t = field_container(t);
	if (t->kind == TYPE_BOOL) {
		candidates_add(c, "true", false);
		candidates_add(c, "false", false);
	}
	for (size_t i = 0; t->kind == TYPE_ENUM && i < t->nitems; i++)
		candidates_addf(c, false, "%s%s%s", quote, t->items[i].name,
		    quote);
	for (size_t i = 0; t->kind == TYPE_OPAQUE && i < 4; i++)
		candidates_addf(c, true, "%s%s", quote, forms[i]);
}

void
members_values(struct candidates *c, const struct idl_type *t)
{
	add_values(c, t, "");
}

void
members_json(struct candidates *c, const struct idl_type *t)
{
	const struct idl_type *in = field_container(t);

	add_values(c, t, "\"");
	if (in->kind == TYPE_STRUCT || in->kind == TYPE_UNION)
		candidates_add(c, "{", true);
	else if (in->kind == TYPE_ARRAY || in->kind == TYPE_OPTIONAL)
		candidates_add(c, "[", true);
	else if (in->kind == TYPE_STRING)
		candidates_add(c, "\"", true);
}
