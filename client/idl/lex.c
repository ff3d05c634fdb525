/*
 * The lexer: see lex.h. Blanks and comments, tokens, and the stack of texts
 * being read; directives are prep.c's.
 */
#include "idl/lex.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const keywords[] = {
	NULL, "bool", "case", "char", "const", "default", "double", "enum",
	"float", "hyper", "int", "long", "namespace", "opaque", "program",
	"quadruple", "short", "string", "struct", "switch", "typedef", "union",
	"unsigned", "version", "void",
};

int
lex_init(struct lexer *l, struct schema *s, struct source *src,
    const struct schema_options *o, struct diags *d)
{
	memset(l, 0, sizeof(*l));
	l->schema = s;
	l->options = o;
	l->diags = d;
	for (size_t i = 1; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		struct symbol *y = symbol_intern(s, keywords[i],
		    strlen(keywords[i]));

		if (y == NULL)
			return -ENOMEM;
		y->keyword = (int)i;
	}
	l->ninputs = 1;
	l->inputs[0] = (struct input){ .source = src, .end = src->len,
		.line_start = true };
	return o->ndefine > 0 ? prep_defines(l) : 0;
}

void
lex_error(struct lexer *l, const struct place *at, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* After a limit, what is missing is no mistake of the text. */
	if (!l->stop && !l->quiet)
		diag_add(l->diags, DIAG_ERROR, NULL, at, "%s", text);
}

void
lex_limit(struct lexer *l, const struct place *at, const char *what)
{
	l->quiet = false;
	lex_error(l, at, "%s", what);
	l->stop = true;
}

static char
peek(const struct input *in, size_t n)
{
	return in->end - in->at > n ? in->source->text[in->at + n] : '\0';
}

static struct place
place_of(const struct input *in)
{
	return in->macro ? in->place :
	    (struct place){ in->source, in->at };
}

/* Past a comment, whose first two bytes are still there. */
static void
skip_comment(struct lexer *l, struct input *in)
{
	struct place at = place_of(in);

	for (in->at += 2; in->at < in->end; in->at++)
		if (peek(in, 0) == '*' && peek(in, 1) == '/') {
			in->at += 2;
			return;
		}
	lex_error(l, &at, "a comment that does not end");
}

static void
skip_slashes(struct lexer *l, struct input *in)
{
	struct place at = place_of(in);

	if (!l->slashes && l->options->rpcgen)
		diag_add(l->diags, DIAG_RPCGEN, NULL, &at,
		    "rpcgen knows no // comments");
	l->slashes = true;
	while (in->at < in->end && peek(in, 0) != '\n')
		in->at++;
}

static void
skip_blanks(struct lexer *l, struct input *in)
{
	for (;;) {
		char c = peek(in, 0);

		if (in->at >= in->end)
			return;
		if (c == '/' && peek(in, 1) == '*')
			skip_comment(l, in);
		else if (c == '/' && peek(in, 1) == '/')
			skip_slashes(l, in);
		else if (c == '\\' && peek(in, 1) == '\n')
			in->at += 2;
		else if (c == '\n' || isspace((unsigned char)c)) {
			in->line_start |= c == '\n';
			in->at++;
		} else
			return;
	}
}

static int
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void
take_name(struct lexer *l, struct input *in, struct token *t)
{
	size_t n = 0;

	while (is_name(peek(in, n)))
		n++;
	t->kind = TOK_NAME;
	t->len = n;
	if (n > SCHEMA_NAME) {
		lex_limit(l, &t->place, "a name of more than 255 bytes");
		n = SCHEMA_NAME;
	}
	t->name = symbol_intern(l->schema, t->text, n);
	if (t->name == NULL)
		lex_limit(l, &t->place, "too many names: out of memory");
	in->at += t->len;
}

static int
digit(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Decimal, 0x and 0 of C; its suffixes U and L count for nothing. */
static void
take_number(struct lexer *l, struct input *in, struct token *t)
{
	int base = peek(in, 0) != '0' ? 10 :
	    (peek(in, 1) | 0x20) == 'x' ? 16 : 8;
	size_t n = base == 16 ? 2 : 0, digits = n;
	bool large = false;

	for (; isxdigit((unsigned char)peek(in, n)) &&
	    digit(peek(in, n)) < base; n++) {
		t->value = t->value * base + digit(peek(in, n));
		if (t->value > UINT64_MAX) {
			large = true;
			t->value = 0;
		}
	}
	digits = n - digits;
	while (strchr("uUlL", peek(in, n)) && peek(in, n) != '\0')
		n++;
	t->kind = TOK_NUMBER;
	t->len = n;
	if (digits == 0 || is_name(peek(in, n)))
		lex_error(l, &t->place, "a number that is none");
	else if (large)
		lex_error(l, &t->place, "a number of more than 64 bits");
	while (is_name(peek(in, n)))
		n++;
	in->at += n;
}

/* "text" or 'c', on one line. */
static void
take_quoted(struct lexer *l, struct input *in, struct token *t)
{
	char quote = peek(in, 0);
	size_t n = 1;

	while (in->at + n < in->end && peek(in, n) != quote &&
	    peek(in, n) != '\n')
		n += peek(in, n) == '\\' && in->at + n + 1 < in->end ? 2 : 1;
	t->text++;
	t->len = n - 1;
	t->kind = quote == '"' ? TOK_TEXT : TOK_NUMBER;
	t->value = (unsigned char)t->text[0];
	if (peek(in, n) != quote)
		lex_error(l, &t->place, "a quote that is not closed");
	else if (quote == '\'' && t->len != 1)
		lex_error(l, &t->place, "not one character");
	in->at += n + (peek(in, n) == quote);
}

static void
take_punct(struct input *in, struct token *t)
{
	t->kind = TOK_PUNCT;
	t->punct = peek(in, 0);
	t->twice = strchr("<>&|=!", t->punct) != NULL && t->punct != '\0' &&
	    peek(in, 1) == (t->punct == '!' ? '=' : t->punct);
	/* "<>" and "> >" are brackets; "<<" and ">>" only in expressions. */
	t->len = t->twice ? 2 : 1;
	in->at += t->len;
}

void
lex_raw(struct lexer *l, struct input *in, struct token *t)
{
	char c;

	skip_blanks(l, in);
	memset(t, 0, sizeof(*t));
	t->place = place_of(in);
	t->text = in->source->text + in->at;
	in->line_start = false;
	if (in->at >= in->end || l->stop)
		return;
	if (++l->tokens > SCHEMA_TOKENS)
		lex_limit(l, &t->place, "too long: more than 2,097,152 tokens");
	c = peek(in, 0);
	if (isdigit((unsigned char)c))
		take_number(l, in, t);
	else if (is_name(c))
		take_name(l, in, t);
	else if (c == '"' || c == '\'')
		take_quoted(l, in, t);
	else
		take_punct(in, t);
}

/* To the end of the line, or past a comment that hides it. */
static void
skip_line(struct lexer *l, struct input *in)
{
	while (in->at < in->end && peek(in, 0) != '\n')
		if (peek(in, 0) == '/' && peek(in, 1) == '*')
			skip_comment(l, in);
		else
			in->at++;
	in->line_start = true;
}

/* Puts a macro's replacement in the place of its name. */
static void
replace(struct lexer *l, struct macro *m, const struct token *t)
{
	if (m->function)
		lex_error(l, &t->place, "%s: macros with arguments are cpp's; "
		    "here only names are replaced", t->name->name);
	else if (l->ninputs == INPUTS)
		lex_limit(l, &t->place, "macros nested too deep");
	else {
		m->active = true;
		l->inputs[l->ninputs++] = (struct input){
			.source = m->place.source, .at = m->place.offset,
			.end = m->place.offset + m->len, .macro = m,
			.place = t->place,
		};
	}
}

static void
end_input(struct lexer *l)
{
	struct input *in = &l->inputs[l->ninputs - 1];

	if (in->macro != NULL)
		in->macro->active = false;
	else
		prep_end(l, in);
	if (in->macro == NULL && l->ninputs > 1)
		l->includes--;
	l->ninputs--;
}

/* Does in begin a line that is none of the language's? Then it is done. */
static bool
other_line(struct lexer *l, struct input *in)
{
	if (in->macro == NULL && in->line_start && peek(in, 0) == '#') {
		in->at++;
		prep_directive(l, in);
	} else if (prep_skips(l))
		skip_line(l, in);
	else if (in->macro == NULL && in->line_start && peek(in, 0) == '%')
		prep_c_line(l, in);
	else
		return false;
	return true;
}

void
lex_next(struct lexer *l, struct token *t)
{
	memset(t, 0, sizeof(*t));
	while (l->ninputs > 0 && !l->stop) {
		struct input *in = &l->inputs[l->ninputs - 1];

		skip_blanks(l, in);
		t->place = place_of(in);
		if (in->at >= in->end) {
			end_input(l);
			continue;
		}
		if (other_line(l, in))
			continue;
		lex_raw(l, in, t);
		if (t->kind != TOK_NAME || t->name == NULL ||
		    t->name->macro == NULL || t->name->macro->active)
			return;
		replace(l, t->name->macro, t);
	}
	t->kind = TOK_END;
}
