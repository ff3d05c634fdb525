/*
 * Lists of candidates: see candidates.h.
 */
#include "complete/candidates.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "idl/utf8n.h"

/* Printable: no control characters, those of C1 (U+0080 to 9F) included. */
static bool
is_clean(const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c < ' ' || c == 0x7f || (c == 0xc2 &&
		    (unsigned char)p[1] < 0xa0))
			return false;
	}
	return utf8n_valid(text, strlen(text));
}

static bool
matches(const struct candidates *c, const char *text)
{
	size_t n = strlen(c->word);

	return c->any_case ? strncasecmp(text, c->word, n) == 0 :
	    strncmp(text, c->word, n) == 0;
}

/* Doubles the room at each power of two. */
static bool
has_room(struct candidates *c)
{
	struct candidate *more;

	if (c->n == CANDIDATES_MAX)
		return false;
	if ((c->n & (c->n - 1)) != 0)
		return true;
	more = realloc(c->list, (c->n ? 2 * c->n : 1) * sizeof(*more));
	if (more == NULL)
		return false;
	c->list = more;
	return true;
}

void
candidates_add(struct candidates *c, const char *text, bool open)
{
	char whole[CANDIDATE_SIZE];
	char *copy;

	if (c->cut || !matches(c, text) || snprintf(whole, sizeof(whole), "%s%s",
	    c->lead, text) >= (int)sizeof(whole) || !is_clean(text) ||
	    !has_room(c) || (copy = strdup(whole)) == NULL)
		return;
	c->list[c->n++] = (struct candidate){ copy, open };
	c->shown = strlen(c->lead);
}

void
candidates_addf(struct candidates *c, bool open, const char *fmt, ...)
{
	char text[CANDIDATE_SIZE];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < (int)sizeof(text))
		candidates_add(c, text, open);
}

void
candidates_skip(struct candidates *c, size_t n)
{
	size_t len = strlen(c->lead);

	if (len + n < sizeof(c->lead)) {
		memcpy(c->lead + len, c->word, n);
		c->lead[len + n] = '\0';
	} else {
		c->cut = true;
	}
	c->word += n;
}

static int
compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return strcmp(x->text, y->text);
}

void
candidates_sort(struct candidates *c)
{
	size_t kept = 0;

	if (c->n > 1)
		qsort(c->list, c->n, sizeof(c->list[0]), compare);
	for (size_t i = 0; i < c->n; i++)
		if (kept > 0 && strcmp(c->list[kept - 1].text,
		    c->list[i].text) == 0)
			free(c->list[i].text);
		else
			c->list[kept++] = c->list[i];
	c->n = kept;
}

void
candidates_release(struct candidates *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->list[i].text);
	free(c->list);
	c->list = NULL;
	c->n = 0;
}
