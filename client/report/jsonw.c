/*
 * The JSON writer of jsonw.h; json.c builds the report with it.
 */
#include <math.h>
#include <stdlib.h>

#include "report/jsonw.h"
#include "report/utf8.h"

void
jsonw_init(struct jsonw *w, FILE *out)
{
	*w = (struct jsonw){ .out = out };
}

static void
put_line_break(struct jsonw *w)
{
	if (w->flat)
		return;
	fprintf(w->out, "\n%*s", (int)(2 * w->depth), "");
}

static void
put_code_point(FILE *out, const char *s, size_t bytes, uint32_t cp)
{
	if (cp == '"' || cp == '\\')
		fprintf(out, "\\%c", (int)cp);
	else if (cp == '\n')
		fputs("\\n", out);
	else if (cp < ' ' || cp == 0x7f || cp == UTF8_REPLACEMENT)
		fprintf(out, "\\u%04x", (unsigned)cp);
	else
		fwrite(s, 1, bytes, out);
}

static void
put_string(FILE *out, const char *s)
{
	size_t bytes;
	uint32_t cp;

	fputc('"', out);
	for (; (bytes = utf8_next(s, &cp)) > 0; s += bytes)
		put_code_point(out, s, bytes, cp);
	fputc('"', out);
}

/* What stands before every value: a comma, a new line, its name. */
static void
put_lead(struct jsonw *w, const char *name)
{
	if (w->comma)
		fputs(w->flat ? ", " : ",", w->out);
	if (w->depth > 0)
		put_line_break(w);
	if (name) {
		put_string(w->out, name);
		fputs(": ", w->out);
	}
	w->comma = true;
}

void
jsonw_open(struct jsonw *w, const char *name, char kind)
{
	put_lead(w, name);
	fputc(kind, w->out);
	w->depth++;
	w->comma = false;
}

void
jsonw_close(struct jsonw *w, char kind)
{
	w->depth--;
	if (w->comma)
		put_line_break(w);
	fputc(kind, w->out);
	w->comma = true;
}

void
jsonw_string(struct jsonw *w, const char *name, const char *value)
{
	put_lead(w, name);
	put_string(w->out, value);
}

void
jsonw_uint(struct jsonw *w, const char *name, uint64_t value)
{
	put_lead(w, name);
	fprintf(w->out, "%llu", (unsigned long long)value);
}

/*
 * The fewest digits that are read back as the same number: of what is rounded
 * once here and again in a report, the last digit would not be that of the
 * report that was made at once.
 */
static void
put_real(FILE *out, double value)
{
	char text[32];

	for (int digits = 10; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	fputs(text, out);
}

void
jsonw_real(struct jsonw *w, const char *name, double value)
{
	put_lead(w, name);
	if (isfinite(value))
		put_real(w->out, value);
	else
		fputs("null", w->out);
}

void
jsonw_bool(struct jsonw *w, const char *name, bool value)
{
	put_lead(w, name);
	fputs(value ? "true" : "false", w->out);
}
