/*
 * Tables as text: see sheet.h.
 */
#include "report/sheet.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grown.h"

void
sheet_init(struct sheet *s, const char *title, unsigned ncolumns)
{
	memset(s, 0, sizeof(*s));
	snprintf(s->title, sizeof(s->title), "%s", title);
	s->ncolumns = ncolumns;
}

void
sheet_cell(struct sheet *s, const char *text)
{
	char **cells = grown(s->cells, s->ncells, sizeof(*cells));

	if (cells == NULL) {
		s->err = -ENOMEM;
		return;
	}
	s->cells = cells;
	s->cells[s->ncells] = strdup(text);
	if (s->cells[s->ncells] == NULL)
		s->err = -ENOMEM;
	else
		s->ncells++;
}

void
sheet_say(struct sheet *s, const char *format, ...)
{
	size_t n = strlen(s->about);
	va_list ap;

	if (n > 0 && n + 1 < sizeof(s->about)) {
		s->about[n++] = ' ';
		s->about[n] = '\0';
	}
	va_start(ap, format);
	vsnprintf(s->about + n, sizeof(s->about) - n, format, ap);
	va_end(ap);
}

void
sheet_release(struct sheet *s)
{
	for (size_t i = 0; i < s->ncells; i++)
		free(s->cells[i]);
	free(s->cells);
	memset(s, 0, sizeof(*s));
}

size_t
sheet_rows(const struct sheet *s)
{
	return s->ncells / s->ncolumns;
}

const char *
sheet_at(const struct sheet *s, size_t row, unsigned column)
{
	return s->cells[row * s->ncolumns + column];
}

int
sheets(const struct result *r, sheet_fn *lay_out, void *arg)
{
	int err = parts_sheets(r, lay_out, arg);

	return err ? err : setup_sheet(r, lay_out, arg);
}
