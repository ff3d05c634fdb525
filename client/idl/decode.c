/*
 * XDR to JSON: see value.h. Arrays, structs, unions and optional data;
 * decode_scalar.c has the rest.
 */
#include <errno.h>
#include <string.h>

#include "idl/schema.h"
#include "idl/value_in.h"

static int decode(struct decoder *d, const struct idl_type *t,
    const struct step *s);

static int
new_line(struct decoder *d)
{
	static const char blanks[] = "\n                                ";
	unsigned n = 2 * d->indent;
	int err;

	if (d->flat)
		return 0;
	err = decode_put(d, blanks, 1);
	for (; n > 0 && err == 0; n -= n < 32 ? n : 32)
		err = decode_put(d, blanks + 1, n < 32 ? n : 32);
	return err;
}

static int
open_nested(struct decoder *d, const char *bracket)
{
	d->indent++;
	return decode_put(d, bracket, 1);
}

/* After the last of count things, each on its line. */
static int
close_nested(struct decoder *d, const char *bracket, uint64_t count)
{
	int err;

	d->indent--;
	err = count > 0 ? new_line(d) : 0;
	return err ? err : decode_put(d, bracket, 1);
}

static int
next_element(struct decoder *d, uint64_t index, bool lines)
{
	int err = index > 0 ? decode_put(d, ", ", lines && !d->flat ? 1 : 2) :
	    0;

	return err || !lines ? err : new_line(d);
}

static int
put_name(struct decoder *d, const char *key, uint64_t index)
{
	int err = next_element(d, index, true);

	if (err == 0)
		err = decode_put(d, "\"", 1);
	if (err == 0)
		err = decode_put(d, key, strlen(key));
	return err ? err : decode_put(d, "\": ", 3);
}

static bool
is_scalar(const struct idl_type *t)
{
	enum type_kind kind = type_real(t)->kind;

	return kind != TYPE_STRUCT && kind != TYPE_UNION &&
	    kind != TYPE_ARRAY && kind != TYPE_OPTIONAL;
}

/* Is there room in what was sent for so many, and in what we print? */
static int
check_count(struct decoder *d, const struct idl_type *t, uint32_t n,
    const struct step *s)
{
	uint64_t least = type_real(t->of)->min_size;

	if (!t->fixed && n > t->max)
		return decode_wrong(d, s, "%u elements, more than %u", n,
		    t->max);
	if (least == 0) {
		d->empty += n;
		return d->empty <= VALUE_EMPTY ? 0 : decode_wrong(d, s,
		    "more than %d elements without a byte", VALUE_EMPTY);
	}
	if (n > decode_left(d) / least)
		return decode_wrong(d, s, "%u elements of at least %llu bytes "
		    "in %zu bytes", n, (unsigned long long)least,
		    decode_left(d));
	return 0;
}

static int
decode_array(struct decoder *d, const struct idl_type *t,
    const struct step *s)
{
	struct step in = { .up = s, .depth = s->depth + 1 };
	bool lines = !is_scalar(t->of);
	uint32_t n = t->max;
	int err = t->fixed ? 0 : decode_u32(d, s, &n);

	if (err == 0)
		err = check_count(d, t, n, s);
	if (err == 0 && !t->fixed)
		decode_tell(d, s, t, d->at - 4);
	if (err == 0)
		err = open_nested(d, "[");
	for (; in.index < n && err == 0; in.index++) {
		err = next_element(d, in.index, lines);
		if (err == 0)
			err = decode(d, t->of, &in);
	}
	return err ? err : close_nested(d, "]", lines ? n : 0);
}

/* The first n members; a list's element leaves its last one out. */
static int
decode_members(struct decoder *d, const struct idl_type *t, size_t n,
    const struct step *s)
{
	int err = open_nested(d, "{");

	for (size_t i = 0; i < n && err == 0; i++) {
		struct step in = { .up = s, .name = t->fields[i].key,
			.depth = s->depth + 1 };

		err = put_name(d, in.name, i);
		if (err == 0)
			err = decode(d, t->fields[i].type, &in);
	}
	return err ? err : close_nested(d, "}", n);
}

static int
decode_union(struct decoder *d, const struct idl_type *t,
    const struct step *s)
{
	struct step in = { .up = s, .name = t->disc.name,
		.depth = s->depth + 1 };
	const struct idl_field *arm = NULL;
	int64_t number = 0;
	size_t start;
	int err = open_nested(d, "{");

	if (err == 0)
		err = put_name(d, in.name, 0);
	start = d->at;
	if (err == 0)
		err = decode_number(d, t->disc.type, &in, &number);
	if (err)
		return err;
	arm = type_arm(t, number);
	if (arm == NULL) {
		d->at = start;
		return decode_wrong(d, &in, "%lld: there is no such case",
		    (long long)number);
	}
	if (arm->key != NULL) {
		in.name = arm->key;
		err = put_name(d, in.name, 1);
		if (err == 0)
			err = decode(d, arm->type, &in);
	}
	return err ? err : close_nested(d, "}", 1);
}

/* Whether something follows: 0 or 1 and nothing else. */
static int
decode_flag(struct decoder *d, const struct idl_type *t,
    const struct step *s, uint32_t *flag)
{
	int err = decode_u32(d, s, flag);

	if (err == 0 && *flag > 1) {
		d->at -= 4;
		return decode_wrong(d, s, "%u where 0 or 1 says whether a "
		    "value follows", *flag);
	}
	if (err == 0)
		decode_tell(d, s, t, d->at - 4);
	return err;
}

static int
decode_list(struct decoder *d, const struct idl_type *t, const struct step *s)
{
	const struct idl_type *node = type_real(t->of);
	struct step in = { .up = s, .depth = s->depth + 1 };
	uint32_t more = 0;
	int err = open_nested(d, "[");

	if (err == 0)
		err = decode_flag(d, t, s, &more);
	for (; err == 0 && more; in.index++) {
		err = next_element(d, in.index, true);
		if (err == 0)
			err = decode_members(d, node, node->nfields - 1, &in);
		if (err == 0)
			err = decode_flag(d, t, &in, &more);
	}
	return err ? err : close_nested(d, "]", in.index);
}

static int
decode_optional(struct decoder *d, const struct idl_type *t,
    const struct step *s)
{
	struct step in = { .up = s, .name = "$value", .depth = s->depth + 1 };
	uint32_t there;
	int err;

	if (t->list)
		return decode_list(d, t, s);
	err = decode_flag(d, t, s, &there);
	if (err || !there)
		return err ? err : decode_put(d, "null", 4);
	if (type_real(t->of)->kind != TYPE_OPTIONAL)
		return decode(d, t->of, s);
	err = open_nested(d, "{");
	if (err == 0)
		err = put_name(d, in.name, 0);
	if (err == 0)
		err = decode(d, t->of, &in);
	return err ? err : close_nested(d, "}", 1);
}

static int
decode(struct decoder *d, const struct idl_type *t, const struct step *s)
{
	const struct idl_type *real = type_real(t);

	if (s->depth > VALUE_DEPTH)
		return decode_wrong(d, s, "nested more than %d deep",
		    VALUE_DEPTH);
	switch (real->kind) {
	case TYPE_ARRAY:
		return decode_array(d, real, s);
	case TYPE_OPTIONAL:
		return decode_optional(d, real, s);
	case TYPE_STRUCT:
		return decode_members(d, real, real->nfields, s);
	case TYPE_UNION:
		return decode_union(d, real, s);
	default:
		return decode_scalar(d, t, s);
	}
}

int
value_decode(struct decoder *d, const struct idl_type *t)
{
	struct step s = { .up = NULL };

	memset(d->error, 0, sizeof(*d->error));
	d->empty = 0;
	if (d->max == 0)
		d->max = VALUE_JSON;
	return decode(d, t, &s);
}
