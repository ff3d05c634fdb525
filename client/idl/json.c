/*
 * The JSON reader: see json.h. Used for arguments; the text is the user's.
 */
#include "idl/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "idl/utf8n.h"

struct reading {
	struct json *j;
	struct json_error *e;
	size_t at, cap;
	uint32_t open[JSON_DEPTH];	/* arrays and objects around */
	unsigned depth;
};

static int
wrong(struct reading *r, const char *what, size_t at)
{
	*r->e = (struct json_error){ what, at, false };
	return -EBADMSG;
}

static int
peek(const struct reading *r)
{
	return r->at < r->j->len ? (unsigned char)r->j->text[r->at] : -1;
}

/* Neither a value nor a name in quotes: one without them, perhaps. */
static int
bare(struct reading *r, const char *what, size_t at)
{
	wrong(r, what, at);
	r->e->bare = at < r->j->len && strchr(",]}:", peek(r)) == NULL;
	return -EBADMSG;
}

static void
skip_blanks(struct reading *r)
{
	while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\n' ||
	    peek(r) == '\r')
		r->at++;
}

static int
add(struct reading *r, enum json_kind kind, size_t at, size_t len)
{
	struct json *j = r->j;

	if (j->n == JSON_TOKENS)
		return wrong(r, "more than 4,194,304 values", at);
	if (j->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 64;
		struct json_token *t = reallocarray(j->tokens, cap,
		    sizeof(*t));

		if (t == NULL)
			return -ENOMEM;
		j->tokens = t;
		r->cap = cap;
	}
	j->tokens[j->n] = (struct json_token){ .at = (uint32_t)at,
		.len = (uint32_t)len, .next = j->n + 1, .kind = kind };
	j->n++;
	return 0;
}

static int
word(struct reading *r, const char *text, enum json_kind kind)
{
	size_t n = strlen(text), at = r->at;

	if (r->j->len - at < n || memcmp(r->j->text + at, text, n) != 0)
		return bare(r, "not a value", at);
	r->at += n;
	return add(r, kind, at, n);
}

static size_t
digits(struct reading *r)
{
	size_t start = r->at;

	while (peek(r) >= '0' && peek(r) <= '9')
		r->at++;
	return r->at - start;
}

static int
number(struct reading *r)
{
	size_t start = r->at, whole;
	bool zero;

	r->at += peek(r) == '-';
	zero = peek(r) == '0';
	whole = digits(r);
	if (whole == 0)
		return bare(r, "not a value", start);
	if (zero && whole > 1)
		return wrong(r, "a number does not begin with 0", start);
	if (peek(r) == '.') {
		r->at++;
		if (digits(r) == 0)
			return wrong(r, "digits have to follow", r->at);
	}
	if (peek(r) == 'e' || peek(r) == 'E') {
		r->at++;
		r->at += peek(r) == '-' || peek(r) == '+';
		if (digits(r) == 0)
			return wrong(r, "digits have to follow", r->at);
	}
	return add(r, JSON_NUMBER, start, r->at - start);
}

static int
hex4(const char *p, size_t left, uint32_t *value)
{
	*value = 0;
	if (left < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i] | 0x20;
		int digit = c >= '0' && c <= '9' ? c - '0' :
		    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (digit < 0 || p[i] < '0')
			return -1;
		*value = *value << 4 | (uint32_t)digit;
	}
	return 0;
}

/*
 * The code point of an escape at p, which begins after the backslash: bytes
 * read, or 0.
 */
static size_t
escape(const char *p, size_t left, uint32_t *cp)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name = left > 0 && *p ? strchr(names, *p) : NULL;
	uint32_t low;

	if (name != NULL) {
		*cp = (unsigned char)values[name - names];
		return 1;
	}
	if (left < 5 || *p != 'u' || hex4(p + 1, left - 1, cp) != 0)
		return 0;
	if (*cp < 0xd800 || *cp > 0xdfff)
		return 5;
	if (*cp > 0xdbff || left < 11 || p[5] != '\\' || p[6] != 'u' ||
	    hex4(p + 7, left - 7, &low) != 0 || low < 0xdc00 || low > 0xdfff)
		return 0;
	*cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
	return 11;
}

static int
string(struct reading *r)
{
	const char *text = r->j->text;
	size_t start = ++r->at, len = r->j->len, step;
	bool escaped = false;
	uint32_t cp;
	int err;

	while (r->at < len && text[r->at] != '"') {
		if ((unsigned char)text[r->at] < ' ')
			return wrong(r, "a control character in a string: "
			    "write it as an escape", r->at);
		if (text[r->at] == '\\') {
			step = escape(text + r->at + 1, len - r->at - 1, &cp);
			if (step == 0)
				return wrong(r, "no such escape", r->at);
			escaped = true;
			step++;
		} else {
			step = utf8n_next(text + r->at, len - r->at);
			if (step == 0)
				return wrong(r, "not UTF-8", r->at);
		}
		r->at += step;
	}
	if (r->at >= len)
		return wrong(r, "a string that does not end", start - 1);
	err = add(r, JSON_STRING, start, r->at - start);
	r->at++;
	if (err == 0)
		r->j->tokens[r->j->n - 1].escaped = escaped;
	return err;
}

static int
open_nested(struct reading *r, enum json_kind kind)
{
	int err;

	if (r->depth == JSON_DEPTH)
		return wrong(r, "nested more than 512 deep", r->at);
	err = add(r, kind, r->at++, 1);
	if (err == 0)
		r->open[r->depth++] = r->j->n - 1;
	return err;
}

static int
value(struct reading *r)
{
	switch (peek(r)) {
	case '{': return open_nested(r, JSON_OBJECT);
	case '[': return open_nested(r, JSON_ARRAY);
	case '"': return string(r);
	case 't': return word(r, "true", JSON_TRUE);
	case 'f': return word(r, "false", JSON_FALSE);
	case 'n': return word(r, "null", JSON_NULL);
	case -1: return wrong(r, "a value is missing", r->at);
	default: return number(r);
	}
}

static int
member_name(struct reading *r)
{
	int err;

	skip_blanks(r);
	if (peek(r) != '"')
		return bare(r, "a member's name in quotes is missing",
		    r->at);
	err = string(r);
	skip_blanks(r);
	if (err == 0 && peek(r) != ':')
		return wrong(r, "\":\" is missing", r->at);
	r->at++;
	return err;
}

/* Closes what is complete: 1 when that was all, else 0 before a value. */
static int
close_nested(struct reading *r)
{
	while (r->depth > 0) {
		struct json_token *t = &r->j->tokens[r->open[r->depth - 1]];
		char close = t->kind == JSON_OBJECT ? '}' : ']';
		bool empty = t->next == r->j->n && t->count == 0;

		skip_blanks(r);
		if (peek(r) == close) {
			t->next = r->j->n;
			t->len = (uint32_t)(++r->at - t->at);
			r->depth--;
			continue;
		}
		if (!empty && peek(r) != ',')
			return wrong(r, close == '}' ? "\",\" or \"}\" is "
			    "missing" : "\",\" or \"]\" is missing", r->at);
		r->at += !empty;
		t->count++;
		return close == '}' ? member_name(r) : 0;
	}
	return 1;
}

int
json_parse(struct json *j, const char *text, size_t len, struct json_error *e)
{
	struct reading r = { .j = j, .e = e };
	int err;

	*j = (struct json){ .text = text, .len = len };
	*e = (struct json_error){ 0 };
	if (len > JSON_TEXT)
		return wrong(&r, "more than 64 MiB", 0);
	do {
		skip_blanks(&r);
		err = value(&r);
		if (err == 0)
			err = close_nested(&r);
	} while (err == 0);
	skip_blanks(&r);
	if (err > 0)
		err = r.at < len ? wrong(&r, "more than one value", r.at) : 0;
	if (err)
		json_release(j);
	return err;
}

void
json_release(struct json *j)
{
	free(j->tokens);
	j->tokens = NULL;
	j->n = 0;
}

const char *
json_kind_name(enum json_kind kind)
{
	static const char *const names[] = { "null", "true", "false",
		"a number", "a string", "an array", "an object" };

	return names[kind];
}

int
json_string(const struct json *j, const struct json_token *t, struct buf *out)
{
	const char *p = j->text + t->at, *end = p + t->len;
	int err = buf_reserve(out, t->len);

	while (err == 0 && p < end) {
		const char *slash = t->escaped ?
		    memchr(p, '\\', (size_t)(end - p)) : NULL;
		const char *stop = slash ? slash : end;
		uint32_t cp = 0;

		buf_append(out, p, (size_t)(stop - p));
		if (slash == NULL)
			break;
		p = stop + 1;
		p += escape(p, (size_t)(end - p), &cp);
		/* An escape is longer than what it stands for: room is there. */
		out->len += utf8n_put((char *)out->data + out->len, cp);
	}
	return err;
}

bool
json_is(const struct json *j, const struct json_token *t, const char *text)
{
	struct buf plain = { 0 };
	bool is;

	if (t->kind != JSON_STRING)
		return false;
	if (!t->escaped)
		return strncmp(j->text + t->at, text, t->len) == 0 &&
		    text[t->len] == '\0';
	is = json_string(j, t, &plain) == 0 && plain.len == strlen(text) &&
	    memcmp(plain.data, text, plain.len) == 0;
	buf_release(&plain);
	return is;
}

int
json_quote(struct buf *out, const char *text, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	int err = buf_append(out, "\"", 1);

	for (size_t i = 0; i < n && err == 0; i++) {
		unsigned char c = (unsigned char)text[i];
		char code[] = "\\u00..";

		if (c == '"' || c == '\\') {
			err = buf_append(out, c == '"' ? "\\\"" : "\\\\", 2);
		} else if (c == '\n' || c == '\t') {
			err = buf_append(out, c == '\n' ? "\\n" : "\\t", 2);
		} else if (c < ' ' || c == 0x7f || (c == 0xc2 && i + 1 < n &&
		    (unsigned char)text[i + 1] < 0xa0)) {
			/* Nothing that a terminal obeys, C1 neither. */
			c = c == 0xc2 ? (unsigned char)text[++i] : c;
			code[4] = hex[c >> 4];
			code[5] = hex[c & 15];
			err = buf_append(out, code, 6);
		} else
			err = buf_append(out, &text[i], 1);
	}
	return err ? err : buf_append(out, "\"", 1);
}
