/*
 * Comparing types as they are on the wire: see diff.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "idl/diff_in.h"

/* Something is allowed that was not (more), or no longer (less). */
static bool
breaks(const struct diff *d, bool more)
{
	return d->result == more;
}

static void
diff_bound(struct diff *d, const struct idl_type *a, const struct idl_type *b)
{
	bool more = b->max > a->max;

	if (a->max == b->max)
		return;
	if (a->fixed)
		diff_add(d, true, "length %u, %u before", b->max, a->max);
	else if (more && b->max == UINT32_MAX)
		diff_add(d, breaks(d, true), "bound removed: %u before",
		    a->max);
	else if (!more && a->max == UINT32_MAX)
		diff_add(d, breaks(d, false), "bound added: %u", b->max);
	else
		diff_add(d, breaks(d, more), "bound %s from %u to %u",
		    more ? "raised" : "lowered", a->max, b->max);
}

/* Names of numbers that were there, and that came. */
static void
diff_enum(struct diff *d, const struct idl_type *a, const struct idl_type *b)
{
	for (size_t i = 0; i < a->nitems; i++) {
		int32_t value = (int32_t)a->items[i].number->value;
		const struct idl_item *now = type_item(b, value);

		if (now == NULL)
			diff_add(d, breaks(d, false), "%s = %d removed",
			    a->items[i].name, value);
		else if (strcmp(type_item(a, value)->name, now->name) != 0)
			diff_add(d, false, "%d renamed, from %s to %s", value,
			    a->items[i].name, now->name);
	}
	for (size_t i = 0; i < b->nitems; i++) {
		int32_t value = (int32_t)b->items[i].number->value;

		if (type_item(a, value) == NULL)
			diff_add(d, breaks(d, true), "%s = %d added",
			    b->items[i].name, value);
	}
}

static void
diff_field(struct diff *d, const struct idl_field *a,
    const struct idl_field *b)
{
	const char *name = b->name ? b->name : a->name ? a->name : "void";
	size_t n = diff_enter(d, " .%s", name);

	if (a->name != NULL && b->name != NULL &&
	    strcmp(a->name, b->name) != 0)
		diff_add(d, false, "renamed, from %s", a->name);
	diff_types(d, a->type, b->type);
	diff_leave(d, n);
}

static void
diff_struct(struct diff *d, const struct idl_type *a,
    const struct idl_type *b)
{
	size_t n = a->nfields < b->nfields ? a->nfields : b->nfields;

	for (size_t i = 0; i < n; i++)
		diff_field(d, &a->fields[i], &b->fields[i]);
	if (a->nfields != b->nfields)
		diff_add(d, true, "%zu members, %zu before", b->nfields,
		    a->nfields);
}

static void
diff_case(struct diff *d, const struct idl_type *a, const struct idl_type *b,
    int64_t value)
{
	const struct idl_field *old = type_arm(a, value);
	const struct idl_field *new = type_arm(b, value);

	if (old != NULL && new == NULL)
		diff_add(d, breaks(d, false), "case %lld removed",
		    (long long)value);
	else if (old == NULL && new != NULL)
		diff_add(d, breaks(d, true), "case %lld added",
		    (long long)value);
	else if (old != NULL)
		diff_field(d, old, new);
}

static void
diff_union(struct diff *d, const struct idl_type *a, const struct idl_type *b)
{
	diff_types(d, a->disc.type, b->disc.type);
	for (size_t i = 0; i < a->ncases; i++)
		diff_case(d, a, b, a->cases[i].number->value);
	for (size_t i = 0; i < b->ncases; i++) {
		int64_t value = b->cases[i].number->value;

		if (type_case(a, value) == NULL)
			diff_case(d, a, b, value);
	}
	if (a->default_arm >= 0 && b->default_arm >= 0)
		diff_field(d, &a->fields[a->default_arm],
		    &b->fields[b->default_arm]);
	else if (a->default_arm >= 0 || b->default_arm >= 0)
		diff_add(d, breaks(d, b->default_arm >= 0), "default %s",
		    b->default_arm >= 0 ? "added" : "removed");
}

/* Are they the same bytes, whatever they are called? */
static bool
same_scalar(const struct idl_type *a, const struct idl_type *b)
{
	if (a->kind == TYPE_UNKNOWN && b->kind == TYPE_UNKNOWN)
		return strcmp(a->name ? a->name : "", b->name ? b->name :
		    "") == 0;
	return a->kind == b->kind && a->is_unsigned == b->is_unsigned &&
	    a->fixed == b->fixed;
}

static void
diff_kind(struct diff *d, const struct idl_type *a, const struct idl_type *b)
{
	switch (a->kind) {
	case TYPE_OPAQUE:
	case TYPE_STRING:
		diff_bound(d, a, b);
		break;
	case TYPE_ARRAY:
		diff_bound(d, a, b);
		diff_types(d, a->of, b->of);
		break;
	case TYPE_OPTIONAL:
		diff_types(d, a->of, b->of);
		break;
	case TYPE_ENUM:
		diff_enum(d, a, b);
		break;
	case TYPE_STRUCT:
		diff_struct(d, a, b);
		break;
	case TYPE_UNION:
		diff_union(d, a, b);
		break;
	case TYPE_INT:
		if (a->bits != b->bits)
			diff_add(d, breaks(d, b->bits > a->bits),
			    "%s, %s before", b->spelled, a->spelled);
		break;
	default:
		break;
	}
}

/* Were these two compared before, or are they just now? Notes them. */
static bool
seen(struct diff *d, const struct idl_type *a, const struct idl_type *b)
{
	size_t room = d->room ? 2 * d->room : 64;
	struct pair *p;

	d->work += d->nseen;
	if (d->work > DIFF_WORK) {
		d->err = -E2BIG;
		return true;
	}
	for (size_t i = 0; i < d->nseen; i++)
		if (d->seen[i].a == a && d->seen[i].b == b)
			return true;
	if (d->nseen == d->room) {
		p = reallocarray(d->seen, room, sizeof(*p));
		if (p == NULL) {
			d->err = -ENOMEM;
			return true;
		}
		d->seen = p;
		d->room = room;
	}
	d->seen[d->nseen++] = (struct pair){ a, b };
	return false;
}

void
diff_types(struct diff *d, const struct idl_type *a, const struct idl_type *b)
{
	char old[80], new[80];
	size_t mark = d->nseen, changes = d->changes->n;
	bool text;

	type_describe(a, old, sizeof(old));
	type_describe(b, new, sizeof(new));
	a = type_real(a);
	b = type_real(b);
	if (d->err || changes > CHANGES_MAX || seen(d, a, b))
		return;
	text = !a->fixed && !b->fixed &&
	    ((a->kind == TYPE_STRING && b->kind == TYPE_OPAQUE) ||
	    (a->kind == TYPE_OPAQUE && b->kind == TYPE_STRING));
	if (text) {
		diff_add(d, false, "%s, %s before: the same bytes", new, old);
		diff_bound(d, a, b);
	} else if (!same_scalar(a, b))
		diff_add(d, true, "%s, %s before", new, old);
	else
		diff_kind(d, a, b);
	/* What differs is told wherever it is used; what does not, is known. */
	if (d->changes->n > changes)
		d->nseen = mark;
}
