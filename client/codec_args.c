/*
 * Options about values: see codec_args.h.
 */
#include "codec_args.h"

#include <string.h>

#include "idl/fields.h"
#include "idl/input.h"

/* *is: value is the first word and not the second. */
static int
choose(const char *option, const char *value, const char *first,
    const char *second, bool *is, struct failure *f)
{
	*is = strcmp(value, first) == 0;
	if (*is || strcmp(value, second) == 0)
		return 0;
	return failure_set(f, EXIT_USAGE, "--%s %s: not %s or %s", option,
	    value, first, second);
}

int
codec_args_parse(const struct codec_args *a, struct codec_options *o,
    struct failure *f)
{
	memset(o, 0, sizeof(*o));
	o->zero_fill = a->zero_fill;
	o->max = a->max_record;
	if (o->max == 0)
		return failure_set(f, EXIT_USAGE, "--max-record 0: no message "
		    "is that small");
	if (choose("int64", a->int64, "number", "string", &o->int64_number,
	    f) != 0)
		return -EXIT_USAGE;
	return choose("opaque", a->opaque, "base64", "hex", &o->base64, f);
}

/* The only value, from a text of its own or none. */
static int
encode_fields(const struct codec_args *a, const struct codec *c,
    const char *name, const struct buf *base, const struct codec_options *o,
    struct buf *out, struct failure *f)
{
	struct buf merged = { 0 };
	const char *text;
	size_t len;
	int err;

	if (c->n != 1)
		return failure_set(f, EXIT_USAGE, "-f: %s has %zu arguments, "
		    "not one", name, c->n);
	err = fields_merge(c->types[0], (const char *)base->data, base->len,
	    &a->fields, &merged, f);
	text = (const char *)merged.data;
	len = merged.len;
	if (err == 0)
		err = codec_encode(c, &text, &len, 1, o, out, f);
	buf_release(&merged);
	return err;
}

int
codec_args_encode(const struct codec_args *a, const struct codec *c,
    const char *name, int n, const char **values,
    const struct codec_options *o, struct buf *out, struct failure *f)
{
	struct buf texts[ARGUMENTS_MAX] = { { 0 } };
	const char *parts[ARGUMENTS_MAX];
	size_t lengths[ARGUMENTS_MAX];
	int err = 0;

	for (int i = 0; i < n && err == 0; i++) {
		err = input_text(values[i], &texts[i], f);
		parts[i] = (const char *)texts[i].data;
		lengths[i] = texts[i].len;
	}
	if (err == 0 && a->fields.n > 0)
		err = n > 1 ? failure_set(f, EXIT_USAGE, "-f goes with one "
		    "argument") : encode_fields(a, c, name, &texts[0], o, out,
		    f);
	else if (err == 0)
		err = codec_encode(c, parts, lengths, (size_t)n, o, out, f);
	for (int i = 0; i < n; i++)
		buf_release(&texts[i]);
	return err;
}
