/*
 * Findings and how they are shown: see diagnosis.h.
 */
#include "doctor/diagnosis.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report/jsonw.h"
#include "report/stream.h"

static const struct {
	const char *name, *shown, *color;
} levels[LEVELS] = {
	[LEVEL_OK] = { "ok", "ok  ", "\033[32m" },
	[LEVEL_WARN] = { "warn", "warn", "\033[33m" },
	[LEVEL_FAIL] = { "fail", "FAIL", "\033[1;31m" },
};

void
diagnosis_add(struct diagnosis *fs, enum level level, const char *fmt, ...)
{
	struct finding *list = reallocarray(fs->list, fs->n + 1,
	    sizeof(*list));
	va_list ap;

	if (list == NULL) {
		fs->err = -ENOMEM;
		return;
	}
	fs->list = list;
	list += fs->n++;
	fs->count[level]++;
	list->level = level;
	list->hint[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(list->text, sizeof(list->text), fmt, ap);
	va_end(ap);
}

void
diagnosis_hint(struct diagnosis *fs, const char *fmt, ...)
{
	va_list ap;

	if (fs->n == 0 || fs->err)
		return;
	va_start(ap, fmt);
	vsnprintf(fs->list[fs->n - 1].hint, sizeof(fs->list->hint), fmt, ap);
	va_end(ap);
}

/* Nothing that a terminal obeys, whoever said it. */
static void
put_clean(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		putc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text,
		    out);
}

int
diagnosis_print(FILE *out, const struct diagnosis *fs, bool color)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct finding *g = &fs->list[i];

		fprintf(out, "%s%s%s  ", color ? levels[g->level].color : "",
		    levels[g->level].shown, color ? "\033[0m" : "");
		put_clean(out, g->text);
		putc('\n', out);
		if (g->hint[0] == '\0')
			continue;
		fputs("      hint: ", out);
		put_clean(out, g->hint);
		putc('\n', out);
	}
	fprintf(out, "%zu looked at: %zu ok, %zu warning%s, %zu failed\n",
	    fs->n, fs->count[LEVEL_OK], fs->count[LEVEL_WARN],
	    fs->count[LEVEL_WARN] == 1 ? "" : "s", fs->count[LEVEL_FAIL]);
	return fs->err ? fs->err : stream_flush(out);
}

int
diagnosis_json(FILE *out, const struct diagnosis *fs, const char *target)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/doctor/1");
	jsonw_string(&w, "target", target);
	jsonw_open(&w, "findings", '[');
	for (size_t i = 0; i < fs->n; i++) {
		jsonw_open(&w, NULL, '{');
		jsonw_string(&w, "level", levels[fs->list[i].level].name);
		jsonw_string(&w, "text", fs->list[i].text);
		if (fs->list[i].hint[0] != '\0')
			jsonw_string(&w, "hint", fs->list[i].hint);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	jsonw_uint(&w, "ok", fs->count[LEVEL_OK]);
	jsonw_uint(&w, "warnings", fs->count[LEVEL_WARN]);
	jsonw_uint(&w, "failed", fs->count[LEVEL_FAIL]);
	jsonw_close(&w, '}');
	putc('\n', out);
	return fs->err ? fs->err : stream_flush(out);
}

void
diagnosis_release(struct diagnosis *fs)
{
	free(fs->list);
	fs->list = NULL;
	fs->n = 0;
}

static bool
is_plain(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (!isalnum((unsigned char)*text) &&
		    strchr("_./:@%+=,-", *text) == NULL)
			return false;
	return true;
}

const char *
shell_word(const char *text, char *out, size_t size)
{
	size_t n = 0;

	if (is_plain(text)) {
		snprintf(out, size, "%s", text);
		return out;
	}
	/* it's: 'it'\''s' */
	out[n++] = '\'';
	for (; *text != '\0' && n + 6 < size; text++) {
		if (*text == '\'') {
			memcpy(out + n, "'\\'", 3);
			n += 3;
		}
		out[n++] = *text;
	}
	out[n++] = '\'';
	out[n] = '\0';
	return out;
}
