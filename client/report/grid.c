/*
 * Lays out the terminal tables of grid.h. Columns start as wide as their
 * widest line; while the table is too wide the widest column gives way, those
 * that would have to cut a word last, and its cells are wrapped: at a blank,
 * or after a slash or a comma, or if need be anywhere.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grown.h"
#include "report/grid.h"
#include "report/utf8.h"

enum { GAP = 2, NARROWEST = 4, SPAN_MIN = 24 };

struct layout {
	unsigned width[GRID_COLUMNS_MAX];
	unsigned word[GRID_COLUMNS_MAX];	/* of the longest word */
	unsigned gap, total, page;	/* page: the most there is */
};

void
grid_init(struct grid *g, unsigned ncolumns, unsigned first_right)
{
	memset(g, 0, sizeof(*g));
	g->ncolumns = ncolumns;
	g->first_right = first_right;
}

void
grid_row(struct grid *g, enum grid_style style)
{
	struct grid_row *rows;

	rows = grown(g->rows, g->nrows, sizeof(*rows));
	if (!rows) {
		g->err = -ENOMEM;
		return;
	}
	g->rows = rows;
	memset(&rows[g->nrows], 0, sizeof(*rows));
	rows[g->nrows++].style = style;
	g->filled = 0;
}

void
grid_cell(struct grid *g, const char *text)
{
	char *copy;

	if (g->err || g->filled == g->ncolumns)
		return;
	copy = strdup(text);
	if (!copy)
		g->err = -ENOMEM;
	g->rows[g->nrows - 1].cell[g->filled++] = copy;
}

void
grid_span(struct grid *g, const char *text)
{
	if (g->err)
		return;
	g->rows[g->nrows - 1].span = strdup(text);
	if (!g->rows[g->nrows - 1].span)
		g->err = -ENOMEM;
}

void
grid_release(struct grid *g)
{
	size_t i;
	unsigned k;

	for (i = 0; i < g->nrows; i++) {
		for (k = 0; k < g->ncolumns; k++)
			free(g->rows[i].cell[k]);
		free(g->rows[i].span);
	}
	free(g->rows);
	memset(g, 0, sizeof(*g));
}

static bool
may_break_after(char c)
{
	return c == '/' || c == ',' || c == ';' || c == ':';
}

/*
 * Bytes of the line that s starts with, when at most width columns fit.
 * *rest is where the next line starts.
 */
static size_t
line_length(const char *s, unsigned width, const char **rest)
{
	size_t used = 0, cut = 0, step;
	unsigned columns = 0;
	uint32_t cp;

	for (; (step = utf8_next(s + used, &cp)) > 0; used += step) {
		if (cp == '\n') {
			*rest = s + used + 1;
			return used;
		}
		if (cp == ' ')
			cut = used;
		if (columns++ == width)
			break;
		if (may_break_after(s[used]))
			cut = used + 1;
	}
	if (step == 0 || cut == 0)
		cut = used;
	*rest = s + cut;
	while (**rest == ' ')
		(*rest)++;
	return cut;
}

/* Widest piece of s between any of the bytes in ends. */
static void
widen(unsigned *width, const char *s, const char *ends)
{
	while (s && *s) {
		size_t bytes = strcspn(s, ends);
		unsigned w;

		/* The slash or comma stays with the word before it. */
		if (s[bytes] && may_break_after(s[bytes]))
			bytes++;
		w = (unsigned)utf8_width(s, bytes);
		if (w > *width)
			*width = w;
		s += bytes;
		s += *s == ' ' || *s == '\n';
	}
}

static unsigned
count_cells(const struct grid *g, const struct grid_row *row)
{
	unsigned n = 0;

	while (n < g->ncolumns && row->cell[n] != NULL)
		n++;
	return n;
}

/* A span, too, wants room for a few words. */
static void
leave_room(const struct grid *g, struct layout *l, const struct grid_row *row)
{
	unsigned n = count_cells(g, row), room = 0;

	for (unsigned k = n; k < g->ncolumns; k++)
		room += l->width[k];
	if (row->span == NULL || n == g->ncolumns || room >= SPAN_MIN)
		return;
	l->width[n] += SPAN_MIN - room;
	l->word[n] = l->width[n];
}

static void
measure(const struct grid *g, struct layout *l)
{
	unsigned k;
	size_t i;

	memset(l, 0, sizeof(*l));
	l->gap = GAP;
	for (i = 0; i < g->nrows; i++)
		for (k = 0; k < g->ncolumns; k++) {
			widen(&l->width[k], g->rows[i].cell[k], "\n");
			widen(&l->word[k], g->rows[i].cell[k], " \n/,;:");
		}
	for (i = 0; i < g->nrows; i++)
		leave_room(g, l, &g->rows[i]);
}

static void
sum_layout(const struct grid *g, struct layout *l)
{
	unsigned k;

	l->total = l->gap * (g->ncolumns - 1);
	for (k = 0; k < g->ncolumns; k++)
		l->total += l->width[k];
}

/* The widest column that can give way; -1 if none can. */
static int
widest_column(const struct grid *g, const struct layout *l, bool cut_words)
{
	int widest = -1;
	unsigned k;

	for (k = 0; k < g->ncolumns; k++) {
		if (l->width[k] <= (cut_words ? NARROWEST : l->word[k]))
			continue;
		if (widest < 0 || l->width[k] > l->width[widest])
			widest = (int)k;
	}
	return widest;
}

static void
lay_out(const struct grid *g, struct layout *l, unsigned width)
{
	int column;

	measure(g, l);
	l->page = width;
	sum_layout(g, l);
	if (l->total > width && g->first_right < g->ncolumns)
		l->gap = 1;
	for (sum_layout(g, l); l->total > width; sum_layout(g, l)) {
		column = widest_column(g, l, false);
		if (column < 0)
			column = widest_column(g, l, true);
		if (column < 0)
			break;
		l->width[column]--;
	}
}

static void
put_text(FILE *out, const char *s, size_t bytes)
{
	size_t used, step;
	uint32_t cp;

	for (used = 0; used < bytes; used += step) {
		step = utf8_next(s + used, &cp);
		if (cp < ' ' || (cp >= 0x7f && cp < 0xa0) ||
		    cp == UTF8_REPLACEMENT)
			fputc('?', out);
		else
			fwrite(s + used, 1, step, out);
	}
}

static void
put_blanks(FILE *out, unsigned n)
{
	fprintf(out, "%*s", (int)n, "");
}

/*
 * One line of each of the first n cells; returns the blanks that are due
 * before what follows.
 */
static unsigned
put_cells(const struct grid *g, const struct layout *l, FILE *out,
    const char **rest, unsigned n)
{
	unsigned k, pad, owed = 0;

	for (k = 0; k < n; k++, owed += l->gap) {
		const char *s = rest[k];
		size_t bytes = 0;

		if (s && *s)
			bytes = line_length(s, l->width[k], &rest[k]);
		pad = l->width[k] - (unsigned)utf8_width(s ? s : "", bytes);
		if (bytes == 0) {
			owed += pad;
			continue;
		}
		put_blanks(out, k >= g->first_right ? owed + pad : owed);
		put_text(out, s, bytes);
		owed = k >= g->first_right ? 0 : pad;
	}
	return owed;
}

static bool
anything_left(const struct grid *g, const char **rest)
{
	unsigned k;

	for (k = 0; k < g->ncolumns; k++)
		if (rest[k] && *rest[k])
			return true;
	return false;
}

/* A text that runs over all columns left, and on to the edge of the page. */
static void
put_span(const struct grid *g, const struct layout *l, FILE *out,
    const struct grid_row *row)
{
	unsigned n = count_cells(g, row), used = n * l->gap, room, owed;
	const char *rest[GRID_COLUMNS_MAX], *span = row->span, *line;

	memcpy(rest, row->cell, sizeof(rest));
	for (unsigned k = 0; k < n; k++)
		used += l->width[k];
	/* Not even words that cannot be parted take all of the line. */
	room = used + NARROWEST < l->page ? l->page - used : NARROWEST;
	do {
		owed = put_cells(g, l, out, rest, n);
		line = span;
		if (*span != '\0') {
			size_t bytes = line_length(line, room, &span);

			put_blanks(out, owed);
			put_text(out, line, bytes);
		}
		fputc('\n', out);
	} while (*span != '\0' || anything_left(g, rest));
}

static void
put_row(const struct grid *g, const struct layout *l, FILE *out,
    const struct grid_row *row)
{
	const char *rest[GRID_COLUMNS_MAX];

	if (row->span) {
		put_span(g, l, out, row);
		return;
	}
	memcpy(rest, row->cell, sizeof(rest));
	while (anything_left(g, rest)) {
		put_cells(g, l, out, rest, g->ncolumns);
		fputc('\n', out);
	}
}

int
grid_print(const struct grid *g, FILE *out, unsigned width, bool color)
{
	static const char *const sgr[] = {
		[GRID_PLAIN] = "", [GRID_HEAD] = "\033[1m",
		[GRID_DIM] = "\033[2m", [GRID_BAD] = "\033[31m",
		[GRID_GOOD] = "\033[32m",
	};
	struct layout l;
	size_t i;

	if (g->err)
		return g->err;
	lay_out(g, &l, width);
	for (i = 0; i < g->nrows; i++) {
		bool styled = color && g->rows[i].style != GRID_PLAIN;

		if (styled)
			fputs(sgr[g->rows[i].style], out);
		put_row(g, &l, out, &g->rows[i]);
		if (styled)
			fputs("\033[0m", out);
	}
	return 0;
}

void
grid_line(FILE *out, const char *text)
{
	put_text(out, text, strlen(text));
	fputc('\n', out);
}

void
grid_paragraph(FILE *out, const char *text, unsigned indent, unsigned width)
{
	const char *line, *start = text;

	while (*(line = text)) {
		size_t bytes = line_length(line, width - indent, &text);

		if (line != start)
			put_blanks(out, indent);
		put_text(out, line, bytes);
		fputc('\n', out);
	}
}
