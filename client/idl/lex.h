/*
 * Tokens of the RPC language, after a preprocessor of our own: #include,
 * #define of names, #if and its kin, lines that begin with '%' (for C, left
 * out). cpp is never run. RPC_HDR is defined, as when rpcgen makes the
 * header, where all types are.
 */
#ifndef RPCALL_IDL_LEX_H
#define RPCALL_IDL_LEX_H

#include "idl/symbols.h"

enum token_kind { TOK_END, TOK_NAME, TOK_NUMBER, TOK_TEXT, TOK_PUNCT };

/* In the order of the table in lex.c. */
enum keyword {
	KEY_NONE, KEY_BOOL, KEY_CASE, KEY_CHAR, KEY_CONST, KEY_DEFAULT,
	KEY_DOUBLE, KEY_ENUM, KEY_FLOAT, KEY_HYPER, KEY_INT, KEY_LONG,
	KEY_NAMESPACE, KEY_OPAQUE, KEY_PROGRAM, KEY_QUADRUPLE, KEY_SHORT,
	KEY_STRING, KEY_STRUCT, KEY_SWITCH, KEY_TYPEDEF, KEY_UNION,
	KEY_UNSIGNED, KEY_VERSION, KEY_VOID,
};

struct token {
	enum token_kind kind;
	char punct;		/* PUNCT: '<' also for "<<" with .twice */
	bool twice;
	wide value;		/* NUMBER */
	struct symbol *name;	/* NAME, with its .keyword */
	const char *text;	/* as it stands, without quotes */
	size_t len;
	struct place place;	/* of the macro, where one was replaced */
};

/* A text being read: a file, or a macro's replacement. */
struct input {
	const struct source *source;
	size_t at, end;
	bool line_start;	/* nothing but blanks since the line began */
	struct macro *macro;	/* or NULL */
	struct place place;	/* of the macro's use */
	unsigned conds;		/* conditions open when it began */
};

enum { INPUTS = 64, CONDS = 64 };	/* in one another */

struct condition {
	bool taken;		/* one of its branches was */
	bool active, otherwise;	/* this one is; it is #else */
	struct place place;
};

struct lexer {
	struct schema *schema;
	const struct schema_options *options;
	struct diags *diags;
	struct input inputs[INPUTS];
	unsigned ninputs, includes;
	struct condition conds[CONDS];
	unsigned nconds;
	uint32_t tokens;
	bool stop;		/* a limit was met: nothing more is read */
	bool quiet;		/* what is wrong is not told, but for limits */
	bool slashes;		/* rpcgen was told about "//" once */
};

/* Begins with src: 0 or -ENOMEM. */
int lex_init(struct lexer *l, struct schema *s, struct source *src,
    const struct schema_options *o, struct diags *d);

/* The next token; TOK_END at the end, and for good after a limit. */
void lex_next(struct lexer *l, struct token *t);

/* The next token of one text only, without directives or macros. */
void lex_raw(struct lexer *l, struct input *in, struct token *t);

/* An error at a place; a limit, which ends it all. */
__attribute__((format(printf, 3, 4))) void
lex_error(struct lexer *l, const struct place *at, const char *fmt, ...);
void lex_limit(struct lexer *l, const struct place *at, const char *what);

/* prep.c: what -D defines, as lines before the file: 0 or -errno. */
int prep_defines(struct lexer *l);
/* The directive after '#'; in is at the first byte after it. */
void prep_directive(struct lexer *l, struct input *in);
/* The C line after '%': remembers #define, for bounds named there. */
void prep_c_line(struct lexer *l, struct input *in);
/* Is what is read now left out by a condition? */
bool prep_skips(const struct lexer *l);
/* The end of an input: conditions must be closed. */
void prep_end(struct lexer *l, const struct input *in);

#endif
