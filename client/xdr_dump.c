/*
 * Annotated XDR: see xdr_dump.h. Used by call -vv.
 */
#include "xdr_dump.h"

enum { BYTES_SHOWN = 12 };

struct dump {
	FILE *out;
	char mark;
	const uint8_t *data;
	size_t shown;		/* bytes before this one have their line */
};

static void
print_line(const struct dump *d, size_t from, size_t to, const char *path,
    const char *type)
{
	char hex[3 * BYTES_SHOWN + 4] = "", *p = hex;
	size_t n = to - from < BYTES_SHOWN ? to - from : BYTES_SHOWN;

	for (size_t i = 0; i < n; i++)
		p += sprintf(p, "%02x%s", d->data[from + i],
		    i % 4 == 3 ? " " : "");
	fprintf(d->out, "%c %06zx  %-*s%s %s%s%s\n", d->mark, from,
	    BYTES_SHOWN / 4 * 9, hex, to - from > n ? "..." : "   ", path,
	    path[0] ? "  " : "", type);
}

static void
leaf(void *context, const struct step *where, const struct idl_type *t,
    size_t from, size_t to)
{
	struct dump *d = context;
	char path[160], type[80];

	/* Lengths and flags of what is around it. */
	if (from > d->shown)
		print_line(d, d->shown, from, "", "length or flag");
	print_line(d, from, to, step_format(where, path, sizeof(path)),
	    type_describe(t, type, sizeof(type)));
	d->shown = to;
}

void
xdr_dump(FILE *out, char mark, const struct codec *c, const uint8_t *data,
    size_t len)
{
	struct dump dump = { out, mark, data, 0 };
	struct buf json = { 0 };
	struct value_error x = { .text = "" };
	struct decoder d = { .data = data, .len = len, .out = &json,
		.flat = true, .error = &x, .what = c->what, .leaf = leaf,
		.context = &dump };

	for (size_t i = 0; i < c->n; i++)
		if (value_decode(&d, c->types[i]) != 0)
			break;
	if (dump.shown < len)
		print_line(&dump, dump.shown, len, "", "");
	buf_release(&json);
}
