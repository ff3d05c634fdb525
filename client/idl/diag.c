/*
 * Findings about .x files: see diag.h. The front end reports here; verbs
 * print.
 */
#include "idl/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grown.h"
#include "idl/schema.h"

/* Names may be a server's: nothing that a terminal obeys. */
static void
make_plain(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || (unsigned char)*text >= 0x7f)
			*text = '?';
}

void
diag_add(struct diags *d, enum diag_kind kind, const char *file,
    const struct place *at, const char *fmt, ...)
{
	struct diag *list, *g;
	va_list ap;

	if (d->count[kind]++ >= DIAGS_MAX)
		return;
	list = grown(d->list, d->n, sizeof(*list));
	if (list == NULL)
		return;
	d->list = list;
	g = memset(&list[d->n++], 0, sizeof(*g));
	g->kind = kind;
	if (at != NULL && at->source != NULL) {
		file = at->source->name;
		excerpt_at(&g->excerpt, at->source->text, at->source->len,
		    at->offset);
	}
	snprintf(g->file, sizeof(g->file), "%s", file ? file : "?");
	va_start(ap, fmt);
	vsnprintf(g->text, sizeof(g->text), fmt, ap);
	va_end(ap);
	make_plain(g->text);
}

static int
by_place(const void *a, const void *b)
{
	const struct diag *x = a, *y = b;
	int files = strcmp(x->file, y->file);

	if (files != 0)
		return files;
	if (x->excerpt.line != y->excerpt.line)
		return x->excerpt.line < y->excerpt.line ? -1 : 1;
	return (x->excerpt.column > y->excerpt.column) -
	    (x->excerpt.column < y->excerpt.column);
}

void
diags_sort(struct diags *d)
{
	if (d->n > 0)
		qsort(d->list, d->n, sizeof(*d->list), by_place);
}

void
diags_release(struct diags *d)
{
	free(d->list);
	memset(d, 0, sizeof(*d));
}
