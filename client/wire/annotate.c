/*
 * Annotated XDR: see annotate.h. Used by log.c, for -vv.
 */
#include "wire/annotate.h"

#include <errno.h>
#include <string.h>

#include "be.h"
#include "idl/schema.h"

enum {
	LINE_BYTES = 12,	/* of a field on a line */
	LINES = 8,		/* of a field */
	VALUE_TEXT = 64,	/* of a value that is shown */
};

struct dump {
	struct annotation *a;
	const char *what;
	struct decoder *decoder;
};

void
annotate_text(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		/* U+0080 to U+009F are controls, too, in UTF-8 two bytes. */
		bool c1 = c == 0xc2 && i + 1 < n &&
		    (unsigned char)text[i + 1] < 0xa0;

		i += c1;
		putc(c < 0x20 || c == 0x7f || c1 ? '?' : c, out);
	}
}

/* "> 00001c  00000001 61000000", as wide as any where more follows. */
static void
hex_line(const struct annotation *a, size_t from, size_t n, bool more)
{
	char hex[3 * LINE_BYTES] = "", *p = hex;

	for (size_t i = 0; i < n; i++)
		p += sprintf(p, "%s%02x", i > 0 && i % 4 == 0 ? " " : "",
		    a->data[from + i]);
	fprintf(a->out, "%c %06zx  %-*s", a->mark, from, more ? 26 : 0, hex);
}

/* The bytes [from, to), with about beside the first ones. */
static void
field(const struct annotation *a, size_t from, size_t to,
    void (*about)(FILE *out, void *context), void *context)
{
	for (unsigned line = 0; line == 0 || from < to; line++) {
		size_t n = to - from < LINE_BYTES ? to - from : LINE_BYTES;

		if (line == LINES) {
			fprintf(a->out, "%c         ... %zu bytes more\n",
			    a->mark, to - from);
			return;
		}
		hex_line(a, from, n, line == 0);
		if (line == 0)
			about(a->out, context);
		putc('\n', a->out);
		from += n;
	}
}

struct about {
	const struct dump *dump;
	const struct step *where;
	const struct idl_type *type;
	size_t from;
};

static void
print_value(FILE *out, const struct about *x)
{
	const struct dump *d = x->dump;
	const struct buf *json = d->decoder->out;
	size_t n = json->len - d->decoder->value;
	uint32_t number;

	switch (type_real(x->type)->kind) {
	case TYPE_ARRAY:
		number = be32_get(d->a->data + x->from);
		fprintf(out, "%u element%s", number, number == 1 ? "" : "s");
		break;
	case TYPE_OPTIONAL:
		number = be32_get(d->a->data + x->from);
		fputs(number ? "one follows" : "none follows", out);
		break;
	default:
		annotate_text(out, (char *)json->data + d->decoder->value,
		    n < VALUE_TEXT ? n : VALUE_TEXT);
		if (n > VALUE_TEXT)
			fputs("...", out);
	}
}

static void
about_leaf(FILE *out, void *context)
{
	const struct about *x = context;
	char path[160], type[80], name[240];

	snprintf(name, sizeof(name), "%s%s", x->dump->what,
	    step_format(x->where, path, sizeof(path)));
	fprintf(out, "  %-30s  %-14s  ", name,
	    type_describe(x->type, type, sizeof(type)));
	print_value(out, x);
}

static void
leaf(void *context, const struct step *where, const struct idl_type *t,
    size_t from)
{
	struct dump *d = context;
	struct about x = { d, where, t, from };

	if (type_real(t)->kind == TYPE_VOID)
		return;
	field(d->a, from, d->decoder->at, about_leaf, &x);
	/* It is shown: what is made of a large message need not be kept. */
	d->decoder->out->len = 0;
}

static void
about_text(FILE *out, void *context)
{
	const char *const *text = context;

	fprintf(out, "  %s", *text);
}

int
annotate_value(struct annotation *a, const char *what,
    const struct idl_type *t)
{
	struct buf json = { 0 };
	struct value_error x = { .text = "" };
	struct decoder d = { .data = a->data, .len = a->len, .at = a->at,
		.out = &json, .flat = true, .error = &x, .what = what,
		.leaf = leaf };
	struct dump dump = { a, what, &d };
	int err;

	d.context = &dump;
	err = value_decode(&d, t);
	a->at = d.at;
	if (err) {
		fprintf(a->out, "%c %06zx  does not fit: ", a->mark, d.at);
		annotate_text(a->out, x.text, strlen(x.text));
		putc('\n', a->out);
		annotate_rest(a, "as it is");
	}
	buf_release(&json);
	return err ? -EBADMSG : 0;
}

void
annotate_rest(struct annotation *a, const char *what)
{
	if (a->at < a->len)
		field(a, a->at, a->len, about_text, &what);
	a->at = a->len;
}
