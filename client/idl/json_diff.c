/*
 * Differences of JSON values: see json_diff.h. Used by verb_watch.c. Goes
 * down as deep as json_parse() lets values nest.
 */
#include "idl/json_diff.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct differ {
	const struct json *a, *b;
	int (*tell)(void *arg, const struct json_change *c);
	void *arg;
	struct buf path;	/* without a 0 at its end */
};

/* The text of a token, of a string with its quotes. */
static const char *
span(const struct json *j, uint32_t i, size_t *n)
{
	const struct json_token *t = &j->tokens[i];
	bool quoted = t->kind == JSON_STRING;

	*n = t->len + 2 * (size_t)quoted;
	return j->text + t->at - quoted;
}

static bool
same(const struct differ *d, uint32_t i, uint32_t k)
{
	size_t n, m;
	const char *a = span(d->a, i, &n), *b = span(d->b, k, &m);

	return n == m && memcmp(a, b, n) == 0;
}

/* i or k is NONE where there is nothing. */
enum { NONE = UINT32_MAX };

static int
tell(struct differ *d, uint32_t i, uint32_t k)
{
	struct json_change c = { 0 };
	int err = buf_append(&d->path, "", 1);

	if (err)
		return err;
	d->path.len--;
	c.path = (const char *)d->path.data;
	if (i != NONE)
		c.before = span(d->a, i, &c.before_len);
	if (k != NONE)
		c.after = span(d->b, k, &c.after_len);
	return d->tell(d->arg, &c);
}

static bool
is_word(const char *text, size_t n)
{
	if (n == 0 || isdigit((unsigned char)text[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_' &&
		    text[i] != '$')
			return false;
	return true;
}

/* Adds a member's name: the path without it, or -ENOMEM. */
static int
enter_member(struct differ *d, const struct json *j, uint32_t name)
{
	const struct json_token *t = &j->tokens[name];
	bool word = is_word(j->text + t->at, t->len);
	int err = word ? buf_append(&d->path, ".", 1) :
	    buf_append(&d->path, "[\"", 2);

	if (err == 0)
		err = buf_append(&d->path, j->text + t->at, t->len);
	return err || word ? err : buf_append(&d->path, "\"]", 2);
}

static int
enter_element(struct differ *d, uint32_t index)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "[%u]", index);

	return buf_append(&d->path, text, (size_t)n);
}

/* The value of j's member of that name in the object i; first look at hint. */
static uint32_t
member(const struct json *j, uint32_t i, uint32_t hint,
    const struct json *other, uint32_t name)
{
	const struct json_token *n = &other->tokens[name];
	uint32_t end = j->tokens[i].next;

	for (int pass = 0; pass < 2; pass++)
		for (uint32_t k = pass ? i + 1 : hint; k < end;
		    k = j->tokens[k + 1].next) {
			const struct json_token *t = &j->tokens[k];

			if (t->len == n->len && memcmp(j->text + t->at,
			    other->text + n->at, n->len) == 0)
				return k + 1;
		}
	return NONE;
}

static int compare(struct differ *d, uint32_t i, uint32_t k);

/* A member of one of the two: with what the other has by that name. */
static int
compare_member(struct differ *d, uint32_t i, uint32_t k,
    const struct json *named, uint32_t name)
{
	size_t mark = d->path.len;
	int err = enter_member(d, named, name);

	if (err == 0)
		err = i == NONE || k == NONE ? tell(d, i, k) :
		    compare(d, i, k);
	d->path.len = mark;
	return err;
}

static int
compare_objects(struct differ *d, uint32_t i, uint32_t k)
{
	uint32_t hint = i + 1, end = d->a->tokens[i].next;
	int err = 0;

	for (uint32_t n = i + 1; n < end && err == 0;
	    n = d->a->tokens[n + 1].next)
		if (member(d->b, k, k + 1, d->a, n) == NONE)
			err = compare_member(d, n + 1, NONE, d->a, n);
	for (uint32_t n = k + 1; n < d->b->tokens[k].next && err == 0;
	    n = d->b->tokens[n + 1].next) {
		uint32_t old = member(d->a, i, hint, d->b, n);

		err = compare_member(d, old, n + 1, d->b, n);
		hint = old != NONE ? d->a->tokens[old].next : hint;
	}
	return err;
}

/* The tokens of an array's elements, to be freed; NULL without memory. */
static uint32_t *
elements(const struct json *j, uint32_t i)
{
	uint32_t n = j->tokens[i].count, k = i + 1;
	uint32_t *list = malloc(((size_t)n + 1) * sizeof(*list));

	for (uint32_t e = 0; list != NULL && e < n; e++) {
		list[e] = k;
		k = j->tokens[k].next;
	}
	return list;
}

static int
compare_element(struct differ *d, uint32_t index, uint32_t i, uint32_t k)
{
	size_t mark = d->path.len;
	int err = enter_element(d, index);

	if (err == 0)
		err = i == NONE || k == NONE ? tell(d, i, k) :
		    compare(d, i, k);
	d->path.len = mark;
	return err;
}

/* What is left of two arrays, from index `from` on, n and m elements. */
static int
compare_middle(struct differ *d, uint32_t from, const uint32_t *x, uint32_t n,
    const uint32_t *y, uint32_t m)
{
	int err = 0;

	for (uint32_t e = 0; n == m && e < n && err == 0; e++)
		err = compare_element(d, from + e, x[e], y[e]);
	for (uint32_t e = 0; n != m && e < n && err == 0; e++)
		err = compare_element(d, from + e, x[e], NONE);
	for (uint32_t e = 0; n != m && e < m && err == 0; e++)
		err = compare_element(d, from + e, NONE, y[e]);
	return err;
}

static int
compare_arrays(struct differ *d, uint32_t i, uint32_t k)
{
	uint32_t n = d->a->tokens[i].count, m = d->b->tokens[k].count;
	uint32_t *x = elements(d->a, i), *y = elements(d->b, k);
	uint32_t front = 0;
	int err = -ENOMEM;

	if (x != NULL && y != NULL) {
		while (front < n && front < m && same(d, x[front], y[front]))
			front++;
		while (n > front && m > front && same(d, x[n - 1], y[m - 1])) {
			n--;
			m--;
		}
		err = compare_middle(d, front, x + front, n - front, y + front,
		    m - front);
	}
	free(x);
	free(y);
	return err;
}

static int
compare(struct differ *d, uint32_t i, uint32_t k)
{
	uint8_t kind = d->a->tokens[i].kind;

	if (same(d, i, k))
		return 0;
	if (kind != d->b->tokens[k].kind)
		return tell(d, i, k);
	return kind == JSON_OBJECT ? compare_objects(d, i, k) :
	    kind == JSON_ARRAY ? compare_arrays(d, i, k) : tell(d, i, k);
}

int
json_diff(const struct json *a, const struct json *b,
    int (*tell_change)(void *arg, const struct json_change *c), void *arg)
{
	struct differ d = { .a = a, .b = b, .tell = tell_change, .arg = arg };
	int err = compare(&d, 0, 0);

	buf_release(&d.path);
	return err;
}
