/*
 * The preprocessor: directives, conditions and macros; see lex.h. Not cpp:
 * it replaces names only, runs nothing and reads what it is allowed to.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "buf.h"
#include "idl/expr.h"
#include "idl/source.h"

/* What is left of the line, with lines that go on after a backslash. */
static struct input
take_line(struct input *in)
{
	const char *text = in->source->text;
	struct input line = *in;
	bool comment = false;
	size_t i = in->at;

	for (; i < in->end && (comment || text[i] != '\n'); i++) {
		if (text[i] == '\\' && i + 1 < in->end && text[i + 1] == '\n')
			i++;
		else if (i + 1 < in->end && text[i] == (comment ? '*' : '/') &&
		    text[i + 1] == (comment ? '/' : '*')) {
			comment = !comment;
			i++;
		}
	}
	if (i > in->end)
		i = in->end;
	line.end = in->at = i;
	in->line_start = true;
	return line;
}

bool
prep_skips(const struct lexer *l)
{
	return l->nconds > 0 && !l->conds[l->nconds - 1].active;
}

void
prep_end(struct lexer *l, const struct input *in)
{
	while (l->nconds > in->conds) {
		lex_error(l, &l->conds[l->nconds - 1].place,
		    "#if without its #endif");
		l->nconds--;
	}
}

static struct macro *
macro_here(struct lexer *l, struct input *line)
{
	struct macro *m = arena_alloc(&l->schema->arena, sizeof(*m));
	const char *text = line->source->text;

	if (m == NULL) {
		lex_limit(l, &(struct place){ line->source, line->at },
		    "too many macros: out of memory");
		return NULL;
	}
	m->function = line->at < line->end && text[line->at] == '(';
	m->place = (struct place){ line->source, line->at };
	m->len = line->end - line->at;
	return m;
}

static bool
blank(const struct macro *m)
{
	for (size_t i = 0; i < m->len; i++)
		if (!isspace((unsigned char)m->place.source->text[
		    m->place.offset + i]))
			return false;
	return true;
}

static void
define(struct lexer *l, struct input *line)
{
	struct token t;

	lex_raw(l, line, &t);
	if (t.kind != TOK_NAME || t.name == NULL)
		lex_error(l, &t.place, "#define needs a name");
	else
		t.name->macro = macro_here(l, line);
}

static void
undefine(struct lexer *l, struct input *line)
{
	struct token t;

	lex_raw(l, line, &t);
	if (t.kind == TOK_NAME && t.name != NULL)
		t.name->macro = NULL;
}

void
prep_c_line(struct lexer *l, struct input *in)
{
	struct input line;
	struct token t;

	in->at++;
	line = take_line(in);
	if (l->options->rpcgen && memmem(line.source->text + line.at,
	    line.end - line.at, "\\\n", 2) != NULL)
		diag_add(l->diags, DIAG_RPCGEN, NULL, &(struct place){
		    line.source, line.at }, "a line for C ends at its end for "
		    "rpcgen, also after a backslash: %% goes before the next");
	if (line.at >= line.end || line.source->text[line.at] != '#')
		return;
	line.at++;
	lex_raw(l, &line, &t);
	if (t.kind != TOK_NAME || t.len != 6 ||
	    strncmp(t.text, "define", 6) != 0)
		return;
	lex_raw(l, &line, &t);
	if (t.kind == TOK_NAME && t.name != NULL) {
		struct macro *m = macro_here(l, &line);

		if (m != NULL && !m->function && !blank(m))
			t.name->c_macro = m;
	}
}

static bool
name_is(const struct token *t, const char *name)
{
	return t->kind == TOK_NAME && strlen(name) == t->len &&
	    memcmp(t->text, name, t->len) == 0;
}

static bool
defined(const struct token *t)
{
	return name_is(t, "RPC_HDR") || (t->kind == TOK_NAME &&
	    t->name != NULL && t->name->macro != NULL);
}

static void
advance_raw(struct expr *e)
{
	lex_raw(e->lexer, e->context, e->token);
}

/* defined NAME, defined(NAME) */
static int
value_of_defined(struct expr *e, wide *value)
{
	bool open;

	advance_raw(e);
	open = e->token->kind == TOK_PUNCT && e->token->punct == '(';
	if (open)
		advance_raw(e);
	*value = defined(e->token);
	advance_raw(e);
	if (open)
		advance_raw(e);
	return 0;
}

/* A name that is no macro is worth 0, as in C; a macro its number. */
static int
value_in_if(struct expr *e, wide *value)
{
	const struct token *t = e->token;
	struct macro *m = t->name ? t->name->macro : NULL;

	if (name_is(t, "defined"))
		return value_of_defined(e, value);
	*value = name_is(t, "RPC_HDR");
	if (m != NULL) {
		struct input in = { .source = m->place.source,
			.at = m->place.offset,
			.end = m->place.offset + m->len };
		struct token number;

		lex_raw(e->lexer, &in, &number);
		*value = number.kind == TOK_NUMBER ? number.value : 0;
	}
	advance_raw(e);
	return 0;
}

static bool
evaluate(struct lexer *l, struct input *line)
{
	struct token t;
	struct expr e = { .lexer = l, .token = &t, .advance = advance_raw,
		.name = value_in_if, .context = line, .logic = true };
	wide value = 0;

	advance_raw(&e);
	if (expr_parse(&e, &value) != 0)
		return false;
	if (t.kind != TOK_END)
		lex_error(l, &t.place, "the expression of #if ends here");
	return value != 0;
}

static void
open_condition(struct lexer *l, const struct place *at, const char *kind,
    struct input *line)
{
	struct condition *c;
	struct token t;
	bool outer = !prep_skips(l), holds = false;

	if (l->nconds == CONDS) {
		lex_limit(l, at, "#if nested more than 64 deep");
		return;
	}
	if (outer && strcmp(kind, "if") == 0)
		holds = evaluate(l, line);
	else if (outer) {
		lex_raw(l, line, &t);
		holds = defined(&t) == (strcmp(kind, "ifdef") == 0);
	}
	c = &l->conds[l->nconds++];
	*c = (struct condition){ .taken = holds || !outer,
		.active = holds, .place = *at };
}

/* #else, #elif */
static void
turn_condition(struct lexer *l, const struct place *at, bool last,
    struct input *line)
{
	struct condition *c = &l->conds[l->nconds - 1];

	if (c->otherwise)
		lex_error(l, at, "after #else");
	c->otherwise |= last;
	c->active = !c->taken && (last || evaluate(l, line));
	c->taken |= c->active;
}

/* Of the conditions; false: it is another directive. */
static bool
condition(struct lexer *l, const struct token *t, struct input *line,
    const struct input *in)
{
	bool turn = name_is(t, "else") || name_is(t, "elif");

	if (name_is(t, "if") || name_is(t, "ifdef") || name_is(t, "ifndef")) {
		open_condition(l, &t->place, t->name->name, line);
		return true;
	}
	if (!turn && !name_is(t, "endif"))
		return false;
	if (l->nconds <= in->conds)
		lex_error(l, &t->place, "#%s without #if", t->name->name);
	else if (turn)
		turn_condition(l, &t->place, name_is(t, "else"), line);
	else
		l->nconds--;
	return true;
}

/* Files are included where no macro is replaced: there is room for them. */
_Static_assert(INPUTS > SCHEMA_INCLUDES + 1, "room for all files");

static void
push_file(struct lexer *l, struct source *src, const struct place *at)
{
	if (l->includes == SCHEMA_INCLUDES) {
		lex_limit(l, at, "#include nested more than 16 deep");
		return;
	}
	l->includes++;
	l->inputs[l->ninputs++] = (struct input){ .source = src,
		.end = src->len, .line_start = true, .conds = l->nconds };
}

/* "NAME=TEXT" as a line of the file; as with cpp, NAME alone is 1. */
static int
define_line(struct buf *text, const char *define)
{
	size_t n = strcspn(define, "=");
	const char *value = define[n] == '=' ? define + n + 1 : "1";

	if (buf_append(text, "#define ", 8) != 0 ||
	    buf_append(text, define, n) != 0 ||
	    buf_append(text, " ", 1) != 0 ||
	    buf_append(text, value, strlen(value)) != 0 ||
	    buf_append(text, "\n", 1) != 0)
		return -ENOMEM;
	return 0;
}

int
prep_defines(struct lexer *l)
{
	const struct schema_options *o = l->options;
	struct buf text = { 0 };
	struct source *src;
	int err = 0;

	for (size_t i = 0; i < o->ndefine && err == 0; i++)
		err = define_line(&text, o->define[i]);
	if (err == 0) {
		src = source_text(l->schema, "-D", (const char *)text.data,
		    text.len);
		if (src != NULL)
			push_file(l, src, &(struct place){ src, 0 });
		else
			err = -errno;
	}
	buf_release(&text);
	return err;
}

/* #include "NAME" or <NAME>. */
static void
include(struct lexer *l, struct input *line)
{
	const char *text = line->source->text, *close;
	struct source *src;
	char name[256], want;
	struct place at;
	size_t n;

	while (line->at < line->end && isblank((unsigned char)text[line->at]))
		line->at++;
	at = (struct place){ line->source, line->at };
	want = line->at < line->end && text[line->at] == '<' ? '>' : '"';
	close = line->at + 1 < line->end ? memchr(text + line->at + 1, want,
	    line->end - line->at - 1) : NULL;
	n = close ? (size_t)(close - text) - line->at - 1 : 0;
	if (close == NULL || n >= sizeof(name) || strchr("<\"",
	    text[line->at]) == NULL) {
		lex_error(l, &at, "#include needs \"FILE\" or <FILE>");
		return;
	}
	memcpy(name, text + line->at + 1, n);
	name[n] = '\0';
	if (l->options->no_files && l->options->ntexts == 0) {
		lex_error(l, &at, "this text may not include files");
		return;
	}
	src = source_include(l->schema, line->source, name, want == '>',
	    l->options);
	if (src != NULL)
		push_file(l, src, &at);
	else if (errno == EFBIG || errno == EMFILE)
		lex_limit(l, &at, "too much: more than 64 files or 4 MiB");
	else
		lex_error(l, &at, "cannot read %s (%s)", name,
		    strerror(errno));
}

void
prep_directive(struct lexer *l, struct input *in)
{
	struct input line = take_line(in);
	struct token t;

	lex_raw(l, &line, &t);
	if (condition(l, &t, &line, in) || prep_skips(l))
		return;
	if (name_is(&t, "include"))
		include(l, &line);
	else if (name_is(&t, "define"))
		define(l, &line);
	else if (name_is(&t, "undef"))
		undefine(l, &line);
	else if (name_is(&t, "error"))
		lex_error(l, &t.place, "#error");
	else if (t.kind == TOK_NAME && !name_is(&t, "pragma") &&
	    !name_is(&t, "ident") && !name_is(&t, "line"))
		lex_error(l, &t.place, "unknown directive #%.*s",
		    (int)(t.len < 40 ? t.len : 40), t.text);
}
