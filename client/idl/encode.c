/*
 * JSON to XDR: see value.h. Arrays, structs, unions and optional data;
 * encode_scalar.c has the rest.
 */
#include <errno.h>
#include <string.h>

#include "idl/schema.h"
#include "idl/value_in.h"

static int encode(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s);

static const struct json_token *
at(const struct encoder *e, uint32_t token)
{
	return &e->json->tokens[token];
}

static bool
is_kind(const struct encoder *e, uint32_t token, enum json_kind kind)
{
	return token != VALUE_NONE && at(e, token)->kind == kind;
}

bool
encode_is_template(const struct encoder *e, uint32_t token)
{
	const struct json_token *j;

	if (e->fill == NULL || token == VALUE_NONE)
		return false;
	j = at(e, token);
	return j->kind == JSON_STRING &&
	    memmem(e->json->text + j->at, j->len, "{{", 2) != NULL;
}

static int
missing(struct encoder *e, const struct step *s, uint32_t token,
    const char *key, const char *why)
{
	value_hint_missing(e);
	return encode_wrong(e, s, token, "member .%s is missing%s", key, why);
}

static int
encode_array(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	uint32_t n = t->fixed ? t->max : 0, from = VALUE_NONE;
	struct step in = { .up = s, .depth = s->depth + 1 };
	int err = 0;

	if (token != VALUE_NONE) {
		if (!is_kind(e, token, JSON_ARRAY))
			return encode_not(e, s, token, t);
		n = at(e, token)->count;
		from = token + 1;
		if (t->fixed ? n != t->max : n > t->max)
			return encode_wrong(e, s, token, "%u elements, %s %u",
			    n, t->fixed ? "not" : "more than", t->max);
	} else if (type_real(t->of)->min_size == 0)
		n = 0;	/* all of them take no bytes */
	if (!t->fixed)
		err = encode_u32(e, s, n);
	for (; in.index < n && err == 0; in.index++) {
		err = encode(e, t->of, from, &in);
		if (from != VALUE_NONE)
			from = at(e, from)->next;
	}
	return err;
}

/* Finds the members of the object for n fields: their values, or NONE. */
static int
find_members(struct encoder *e, const struct idl_type *t, size_t n,
    uint32_t token, uint32_t *found, const struct step *s)
{
	uint32_t count = at(e, token)->count, name = token + 1;
	size_t next = 0;	/* members come in order, mostly */

	for (; count > 0; count--, name = at(e, name + 1)->next) {
		size_t i = next, tried = 0;

		while (tried++ < n && !json_is(e->json, at(e, name),
		    t->fields[i].key))
			i = i + 1 < n ? i + 1 : 0;
		if (tried > n) {
			value_hint_members(e, t, n);
			return encode_wrong(e, s, name, "no such member");
		}
		if (found[i] != VALUE_NONE)
			return encode_wrong(e, s, name, "member .%s is there "
			    "twice", t->fields[i].key);
		found[i] = name + 1;
		next = i + 1 < n ? i + 1 : 0;
	}
	return 0;
}

/* The first n members; a list's element leaves its last one out. */
static int
encode_members(struct encoder *e, const struct idl_type *t, size_t n,
    uint32_t token, const struct step *s)
{
	uint32_t found[SCHEMA_MEMBERS];
	int err = 0;

	for (size_t i = 0; i < n; i++)
		found[i] = VALUE_NONE;
	if (token != VALUE_NONE) {
		if (!is_kind(e, token, JSON_OBJECT))
			return encode_not(e, s, token, t);
		err = find_members(e, t, n, token, found, s);
	}
	for (size_t i = 0; i < n && err == 0; i++) {
		struct step in = { .up = s, .name = t->fields[i].key,
			.depth = s->depth + 1 };

		if (found[i] == VALUE_NONE && !e->zero_fill)
			return missing(e, s, token, t->fields[i].key, "");
		err = encode(e, t->fields[i].type, found[i], &in);
	}
	return err;
}

/* The member of that name in a union's object; NONE: it has none. */
static uint32_t
find_member(const struct encoder *e, uint32_t token, const char *key)
{
	uint32_t count = token == VALUE_NONE ? 0 : at(e, token)->count;
	uint32_t name = token + 1;

	for (; count > 0; count--, name = at(e, name + 1)->next)
		if (json_is(e->json, at(e, name), key))
			return name + 1;
	return VALUE_NONE;
}

/* Besides these two a union has no member. */
static int
check_union(struct encoder *e, const struct idl_type *t, uint32_t token,
    const char *arm, const struct step *s)
{
	const char *disc = t->disc.name;
	uint32_t count = at(e, token)->count, name = token + 1;
	unsigned seen[2] = { 0, 0 };

	for (; count > 0; count--, name = at(e, name + 1)->next) {
		bool is_disc = json_is(e->json, at(e, name), disc);

		if (!is_disc && arm == NULL)
			return encode_wrong(e, s, name, "no such member: this "
			    "case is void");
		if (!is_disc && !json_is(e->json, at(e, name), arm))
			return encode_wrong(e, s, name, "no such member: this "
			    "case has .%s", arm);
		if (seen[is_disc]++ > 0)
			return encode_wrong(e, s, name, "member .%s is there "
			    "twice", is_disc ? disc : arm);
	}
	return 0;
}

/* The discriminant of a union that is filled with zeros. */
static int64_t
zero_case(const struct idl_type *t)
{
	return type_arm(t, 0) != NULL || t->ncases == 0 ? 0 :
	    t->cases[0].number->value;
}

static int
encode_union(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	struct step in = { .up = s, .name = t->disc.name,
		.depth = s->depth + 1 };
	const struct idl_field *arm;
	uint32_t disc, value;
	int64_t number = zero_case(t);
	int err = 0;

	if (token != VALUE_NONE && !is_kind(e, token, JSON_OBJECT))
		return encode_not(e, s, token, t);
	disc = find_member(e, token, t->disc.name);
	if (disc == VALUE_NONE && !e->zero_fill)
		return missing(e, s, token, t->disc.name,
		    ": it says which case it is");
	if (encode_is_template(e, disc))
		return encode_wrong(e, &in, disc, "no template says which "
		    "case it is");
	if (disc != VALUE_NONE)
		err = encode_number(e, t->disc.type, disc, &in, &number);
	if (err)
		return err;
	arm = type_arm(t, number);
	if (arm == NULL)
		return encode_wrong(e, &in, disc, "there is no such case");
	if (token != VALUE_NONE)
		err = check_union(e, t, token, arm->key, s);
	if (err == 0)
		err = encode_u32(e, s, (uint32_t)number);
	if (err || arm->key == NULL)
		return err;
	in.name = arm->key;
	value = find_member(e, token, arm->key);
	if (value == VALUE_NONE && !e->zero_fill)
		return missing(e, s, token, arm->key, "");
	return encode(e, arm->type, value, &in);
}

static int
encode_list(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	const struct idl_type *node = type_real(t->of);
	struct step in = { .up = s, .depth = s->depth + 1 };
	uint32_t n = 0, from = token + 1;
	int err = 0;

	if (token != VALUE_NONE && !is_kind(e, token, JSON_NULL)) {
		if (!is_kind(e, token, JSON_ARRAY))
			return encode_not(e, s, token, t);
		n = at(e, token)->count;
	}
	for (; in.index < n && err == 0; in.index++) {
		err = encode_u32(e, s, 1);
		if (err == 0)
			err = encode_members(e, node, node->nfields - 1, from,
			    &in);
		from = at(e, from)->next;
	}
	return err ? err : encode_u32(e, s, 0);
}

static int
encode_optional(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	struct step in = { .up = s, .name = "$value", .depth = s->depth + 1 };
	int err;

	if (t->list)
		return encode_list(e, t, token, s);
	if (token == VALUE_NONE || is_kind(e, token, JSON_NULL))
		return encode_u32(e, s, 0);
	err = encode_u32(e, s, 1);
	if (err || type_real(t->of)->kind != TYPE_OPTIONAL)
		return err ? err : encode(e, t->of, token, s);
	if (!is_kind(e, token, JSON_OBJECT) || at(e, token)->count != 1 ||
	    !json_is(e->json, at(e, token + 1), "$value"))
		return encode_wrong(e, s, token,
		    "expected null or {\"$value\": ...}");
	return encode(e, t->of, token + 2, &in);
}

static int
encode(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	const struct idl_type *real = type_real(t);

	if (s->depth > VALUE_DEPTH)
		return encode_wrong(e, s, token, "nested more than %d deep",
		    VALUE_DEPTH);
	switch (real->kind) {
	case TYPE_ARRAY:
		return encode_array(e, real, token, s);
	case TYPE_OPTIONAL:
		return encode_optional(e, real, token, s);
	case TYPE_STRUCT:
		return encode_members(e, real, real->nfields, token, s);
	case TYPE_UNION:
		return encode_union(e, real, token, s);
	default:
		return encode_scalar(e, t, token, s);
	}
}

int
value_encode(struct encoder *e, const struct idl_type *t, uint32_t token)
{
	struct step s = { .up = NULL };

	memset(e->error, 0, sizeof(*e->error));
	return encode(e, t, token, &s);
}
