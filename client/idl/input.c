/*
 * Values from the user: see input.h.
 */
#include "idl/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "excerpt.h"
#include "idl/bytes.h"

int
input_text(const char *arg, struct buf *out, struct failure *f)
{
	int err;

	if (arg[0] != '@') {
		err = buf_append(out, arg, strlen(arg));
		return err ? failure_set(f, EXIT_OS, "no memory") : 0;
	}
	err = bytes_read_file(arg + 1, JSON_TEXT, out);
	if (err == -EMSGSIZE)
		return failure_set(f, EXIT_DATA, "%s: larger than 64 MiB",
		    arg + 1);
	return err ? failure_set(f, EXIT_NOFILE, "cannot read %s (%s)",
	    arg + 1, strerror(-err)) : 0;
}

static int
tell(const char *text, const char *label, const char *json, size_t len,
    size_t at, struct failure *f)
{
	struct excerpt x;

	excerpt_at(&x, json, len, at);
	failure_set(f, EXIT_DATA, "%s (line %u, column %u)", text, x.line,
	    x.column);
	excerpt_format(&x, label[0] ? label : NULL, f->excerpt,
	    sizeof(f->excerpt));
	return -EXIT_DATA;
}

int
input_json(struct json *j, const char *what, const char *text, size_t n,
    struct failure *f)
{
	struct json_error e;
	char said[160];
	int err = json_parse(j, text, n, &e);

	if (err == -ENOMEM)
		return failure_set(f, EXIT_OS, "no memory");
	if (err == 0)
		return 0;
	snprintf(said, sizeof(said), "%s: bad JSON: %s", what, e.what);
	return tell(said, "", text, n, e.at, f);
}

int
input_failure(const struct value_error *x, const struct json *j, int code,
    struct failure *f)
{
	if (x->text[0] == '\0')
		return failure_set(f, EXIT_OS, "no memory");
	if (j != NULL && j->n > 0)
		tell(x->text, x->label, j->text, j->len, x->at, f);
	else if (j != NULL)
		failure_set(f, code, "%s", x->text);
	else
		failure_set(f, code, "%s (byte %zu)", x->text, x->at);
	if (x->hint[0] != '\0')
		failure_hint(f, "%s", x->hint);
	return -f->code;
}
