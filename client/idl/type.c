/*
 * Questions about types: see type.h.
 */
#include "idl/type.h"

#include <stdio.h>
#include <string.h>

#include "idl/schema.h"

const struct idl_type *
type_real(const struct idl_type *t)
{
	while (t->kind == TYPE_NAME)
		t = t->of;
	return t;
}

static void
describe_bytes(const struct idl_type *t, const char *word, char *out,
    size_t size)
{
	if (t->fixed)
		snprintf(out, size, "%s[%u]", word, t->max);
	else if (t->bound != NULL && t->bound->known)
		snprintf(out, size, "%s<%u>", word, t->max);
	else
		snprintf(out, size, "%s<>", word);
}

char *
type_describe(const struct idl_type *t, char *out, size_t size)
{
	static const char *const words[] = {
		[TYPE_VOID] = "void", [TYPE_ENUM] = "an enum",
		[TYPE_STRUCT] = "a struct", [TYPE_UNION] = "a union",
		[TYPE_UNKNOWN] = "an unknown type",
		[TYPE_OPTIONAL] = "optional data",
	};
	const struct idl_type *r = type_real(t);
	char of[64];

	if (r->kind == TYPE_OPAQUE || r->kind == TYPE_STRING)
		describe_bytes(r, r->kind == TYPE_OPAQUE ? "opaque" : "string",
		    out, size);
	else if (r->kind == TYPE_ARRAY)
		describe_bytes(r, type_describe(r->of, of, sizeof(of)), out,
		    size);
	else if (t->kind == TYPE_NAME)
		snprintf(out, size, "%s", t->name);
	else
		snprintf(out, size, "%s", t->name ? t->name : t->spelled ?
		    t->spelled : words[t->kind] ? words[t->kind] : "?");
	return out;
}

const struct idl_item *
type_item(const struct idl_type *t, int64_t value)
{
	size_t low = 0, high = t->nitems;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if ((int32_t)t->by_value[mid]->number->value < value)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->nitems &&
	    (int32_t)t->by_value[low]->number->value == value ?
	    t->by_value[low] : NULL;
}

const struct idl_case *
type_case(const struct idl_type *t, int64_t value)
{
	size_t low = 0, high = t->ncases;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (t->cases[mid].number->value < value)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->ncases && t->cases[low].number->value == value ?
	    &t->cases[low] : NULL;
}

const struct idl_field *
type_arm(const struct idl_type *t, int64_t value)
{
	const struct idl_case *c = type_case(t, value);

	if (c != NULL)
		return &t->fields[c->arm];
	return t->default_arm >= 0 ? &t->fields[t->default_arm] : NULL;
}

int
type_field(const struct idl_type *t, const char *name, size_t len)
{
	for (size_t i = 0; i < t->nfields; i++)
		if (t->fields[i].key != NULL &&
		    strncmp(t->fields[i].key, name, len) == 0 &&
		    t->fields[i].key[len] == '\0')
			return (int)i;
	return -1;
}

/* Appends a name to a list with an end of ", ..." where not all fit. */
static bool
list_name(char *out, size_t size, const char *name)
{
	size_t len = strlen(out);
	bool fits = len + strlen(name) + sizeof(", , ...") <= size;

	snprintf(out + len, size - len, "%s%s", len > 0 ? ", " : "it has ",
	    fits ? name : "...");
	return fits;
}

char *
type_members(const struct idl_type *t, size_t n, char *out, size_t size)
{
	bool fits = true;

	out[0] = '\0';
	if (t->kind == TYPE_UNION)
		fits = list_name(out, size, t->disc.name);
	for (size_t i = 0; i < n && i < t->nfields && fits; i++)
		if (t->fields[i].key != NULL)
			fits = list_name(out, size, t->fields[i].key);
	return out;
}
