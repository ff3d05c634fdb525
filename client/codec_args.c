/*
 * Options about values: see codec_args.h.
 */
#include "codec_args.h"

#include <string.h>

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
