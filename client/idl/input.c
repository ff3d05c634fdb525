/*
 * Values from the user: see input.h.
 */
#include "idl/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "excerpt.h"
#include "idl/bytes.h"

enum { QUOTED_MAX = 80 };

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

/* Bytes of the word at text + at that stands where a value should, up to one
 * of these. The text has no end but n. */
static size_t
bare_word(const char *text, size_t n, size_t at, const char *until)
{
	size_t len = 0;

	while (at + len < n && strchr(until, text[at + len]) == NULL)
		len++;
	while (len > 0 && text[at + len - 1] == ' ')
		len--;
	return len;
}

/* The shell takes quotes away, and who types a string seldom thinks of two. */
static void
hint_quotes(const char *text, size_t n, size_t at, struct failure *f)
{
	size_t len = bare_word(text, n, at, ",]}\n");
	bool plain = len > 0 && len <= QUOTED_MAX;

	for (size_t i = at; i < at + len; i++)
		plain &= text[i] >= ' ' && text[i] < 0x7f &&
		    strchr("'\"\\", text[i]) == NULL;
	if (at == 0 && plain)
		failure_hint(f, "strings need quotes, and for the shell more "
		    "around them: '\"%.*s\"'", (int)len, text);
	else if (plain && at < n && strchr("{[:", text[at]) == NULL)
		failure_hint(f, "strings and names need quotes: \"%.*s\"; for "
		    "the shell, put all of it between '...'",
		    (int)bare_word(text, at + len, at, ":,]} "), text + at);
	else
		failure_hint(f, "strings and names need double quotes; for the "
		    "shell, put all of it between '...'");
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
	tell(said, "", text, n, e.at, f);
	/* A whole text that begins as nothing but a word does. */
	if (n > 0 && strchr("{[\" \t\n", text[0]) == NULL)
		hint_quotes(text, n, 0, f);
	else if (e.bare)
		hint_quotes(text, n, e.at, f);
	return -f->code;
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
