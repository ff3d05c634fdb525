/*
 * The front end for .x files, with a server's text: whatever it is, reading
 * it ends, and what has no error has types that can be walked.
 */
#include <errno.h>
#include <string.h>

#include "idl/schema.h"
#include "roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* By value no type is deeper than the limit; returns how deep it is. */
static unsigned
walk(const struct idl_type *t, unsigned level)
{
	t = type_real(t);
	MUST(level <= SCHEMA_DEPTH);
	if (t->kind == TYPE_ARRAY && t->fixed)
		return walk(t->of, level + 1);
	for (size_t i = 0; i < t->nfields; i++)
		walk(t->fields[i].type, level + 1);
	for (size_t i = 0; t->kind == TYPE_UNION && i < t->ncases; i++)
		MUST(type_arm(t, t->cases[i].number->value) ==
		    &t->fields[t->cases[i].arm]);
	for (size_t i = 0; t->kind == TYPE_ENUM && i < t->nitems; i++)
		MUST(type_item(t, (int32_t)t->items[i].number->value) != NULL);
	return level;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct schema_options o = { .no_files = true, .rpcgen = true };
	struct schema *s = schema_new();
	struct diags d = { 0 };
	int err = schema_load_text(s, "fuzz.x", (const char *)data, n, &o, &d);

	MUST(err == 0 || err == -EBADMSG);
	MUST((err == 0) == (d.count[DIAG_ERROR] == 0));
	for (size_t i = 0; err == 0 && i < s->ndefs; i++)
		if (s->defs[i]->type != NULL)
			walk(s->defs[i]->type, 1);
	diags_release(&d);
	schema_free(s);
	return 0;
}
