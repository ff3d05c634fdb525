/*
 * Checking XDR by a schema: see check.h. The same walk as decode.c's, with
 * the same limits; tests/fuzz holds the two against one another.
 */
#include "idl/check.h"

#include <errno.h>

#include "be.h"
#include "idl/schema.h"
#include "idl/value.h"

struct check {
	const uint8_t *data;
	size_t len, at;
	uint64_t empty;		/* as in struct decoder */
};

static int check(struct check *c, const struct idl_type *t, unsigned depth);

static bool
skip(struct check *c, uint64_t n)
{
	if (n > c->len - c->at)
		return false;
	c->at += n;
	return true;
}

static bool
word(struct check *c, uint32_t *v)
{
	if (!skip(c, 4))
		return false;
	*v = be32_get(c->data + c->at - 4);
	return true;
}

/* An int, bool or enum. */
static int
check_number(struct check *c, const struct idl_type *t, int64_t *value)
{
	int64_t half = (int64_t)1 << (t->bits - (t->bits > 0));
	uint32_t v;

	if (!word(c, &v))
		return -EBADMSG;
	*value = t->is_unsigned ? (int64_t)v : (int32_t)v;
	if (t->kind == TYPE_BOOL)
		return v <= 1 ? 0 : -EBADMSG;
	if (t->kind == TYPE_ENUM || t->bits == 32)
		return 0;
	return (t->is_unsigned ? *value < 2 * half : *value >= -half &&
	    *value < half) ? 0 : -EBADMSG;
}

static int
check_bytes(struct check *c, const struct idl_type *t)
{
	uint32_t n = t->max;

	if (!t->fixed && (!word(c, &n) || n > t->max))
		return -EBADMSG;
	return skip(c, xdr_padded(n)) ? 0 : -EBADMSG;
}

static int
check_array(struct check *c, const struct idl_type *t, unsigned depth)
{
	uint64_t least = type_real(t->of)->min_size;
	uint32_t n = t->max;
	int err = 0;

	if (!t->fixed && (!word(c, &n) || n > t->max))
		return -EBADMSG;
	if (least == 0) {
		c->empty += n;
		if (c->empty > VALUE_EMPTY)
			return -EBADMSG;
	} else if (n > (c->len - c->at) / least)
		return -EBADMSG;
	for (uint32_t i = 0; i < n && err == 0; i++)
		err = check(c, t->of, depth + 1);
	return err;
}

static int
check_members(struct check *c, const struct idl_type *t, size_t n,
    unsigned depth)
{
	int err = 0;

	for (size_t i = 0; i < n && err == 0; i++)
		err = check(c, t->fields[i].type, depth + 1);
	return err;
}

static int
check_union(struct check *c, const struct idl_type *t, unsigned depth)
{
	const struct idl_field *arm;
	int64_t number = 0;

	if (check_number(c, type_real(t->disc.type), &number) != 0)
		return -EBADMSG;
	arm = type_arm(t, number);
	if (arm == NULL)
		return -EBADMSG;
	return arm->key != NULL ? check(c, arm->type, depth + 1) : 0;
}

/* A list takes no recursion: its last member is the next element. */
static int
check_optional(struct check *c, const struct idl_type *t, unsigned depth)
{
	const struct idl_type *node = type_real(t->of);
	bool nested = node->kind == TYPE_OPTIONAL;
	uint32_t more;
	int err = 0;

	if (!word(c, &more) || more > 1)
		return -EBADMSG;
	if (!t->list)
		return more ? check(c, node, depth + nested) : 0;
	while (more && err == 0) {
		err = check_members(c, node, node->nfields - 1, depth + 1);
		if (err == 0 && (!word(c, &more) || more > 1))
			err = -EBADMSG;
	}
	return err;
}

static int
check(struct check *c, const struct idl_type *t, unsigned depth)
{
	int64_t number;

	t = type_real(t);
	if (depth > VALUE_DEPTH)
		return -EBADMSG;
	switch (t->kind) {
	case TYPE_VOID:
		return 0;
	case TYPE_INT:
	case TYPE_BOOL:
	case TYPE_ENUM:
		return check_number(c, t, &number);
	case TYPE_HYPER:
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
	case TYPE_QUAD:
		return skip(c, t->min_size) ? 0 : -EBADMSG;
	case TYPE_OPAQUE:
	case TYPE_STRING:
		return check_bytes(c, t);
	case TYPE_ARRAY:
		return check_array(c, t, depth);
	case TYPE_STRUCT:
		return check_members(c, t, t->nfields, depth);
	case TYPE_UNION:
		return check_union(c, t, depth);
	case TYPE_OPTIONAL:
		return check_optional(c, t, depth);
	default:
		return -EBADMSG;
	}
}

int
value_check(const struct idl_type *t, const uint8_t *data, size_t len,
    size_t *at)
{
	struct check c = { .data = data, .len = len, .at = *at };
	int err = check(&c, t, 0);

	*at = c.at;
	return err;
}
