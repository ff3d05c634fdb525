/*
 * Excerpts with a caret: see excerpt.h. Used by the errors of .x files and
 * of JSON.
 */
#include "excerpt.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "report/utf8.h"

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Columns of n bytes. */
static uint32_t
columns(const char *s, size_t n)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += !continues(s[i]);
	return count;
}

/* Copies n bytes as a terminal may see them: a column stays a column. */
static void
copy_shown(char *out, const char *s, size_t n)
{
	char text[EXCERPT_MAX];
	size_t step;
	uint32_t cp;

	memcpy(text, s, n);
	text[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = ' ';
	for (s = text; (step = utf8_next(s, &cp)) > 0; s += step) {
		bool odd = cp == UTF8_REPLACEMENT || (cp >= 0x80 && cp < 0xa0);

		if (odd && step == 1 && continues(*s))
			continue;	/* of no column */
		if (odd)
			*out++ = '?';
		else
			out = mempcpy(out, s, step);
	}
	*out = '\0';
}

void
excerpt_at(struct excerpt *e, const char *text, size_t len, size_t offset)
{
	size_t start = offset, end = offset, from, n;

	while (start > 0 && text[start - 1] != '\n')
		start--;
	while (end < len && text[end] != '\n')
		end++;
	e->line = 1;
	for (size_t i = 0; i < start; i++)
		e->line += text[i] == '\n';
	e->column = columns(text + start, offset - start) + 1;
	from = offset - start > EXCERPT_WIDTH * 2 / 3 ?
	    offset - EXCERPT_WIDTH / 2 : start;
	while (from < offset && continues(text[from]))
		from++;
	n = end - from < EXCERPT_WIDTH ? end - from : EXCERPT_WIDTH;
	e->caret = columns(text + from, offset - from);
	copy_shown(e->shown, text + from, n);
}

char *
excerpt_format(const struct excerpt *e, const char *label, char *out,
    size_t size)
{
	char number[16];
	int width = snprintf(number, sizeof(number), "%u", e->line);

	snprintf(out, size, "  %s | %s\n  %*s | %*s^%s%s\n", number, e->shown,
	    width, "", (int)e->caret, "", label ? " " : "", label ? label : "");
	return out;
}
