/*
 * The parser, inside: recursive descent over the lexer's tokens. What fails
 * has said so, sets panic and returns NULL or -1; parse.c goes on at the next
 * definition. Names are resolved later (resolve.c).
 */
#ifndef RPCALL_IDL_PARSE_H
#define RPCALL_IDL_PARSE_H

#include "idl/lex.h"

struct parser {
	struct lexer lexer;
	struct token token;	/* the next one */
	struct schema *schema;
	const struct schema_options *options;
	struct diags *diags;
	unsigned depth;		/* of inline types */
	struct repeat *repeats;	/* second definitions of types */
	size_t nrepeats;
	bool panic;
};

/* parse.c */
void parse_advance(struct parser *p);
bool parse_at(const struct parser *p, char punct);
bool parse_at_key(const struct parser *p, enum keyword key);
/* Takes punct or keyword where it is next. */
bool parse_take(struct parser *p, char punct);
bool parse_take_key(struct parser *p, enum keyword key);
/* The same, and an error where it is not: 0 or -1. */
int parse_expect(struct parser *p, char punct);
/* An error at the next token: "expected WHAT, not TOKEN". Returns -1. */
int parse_wrong(struct parser *p, const char *what);
/* Says that rpcgen errs here. */
__attribute__((format(printf, 3, 4))) void
parse_rpcgen(struct parser *p, const struct place *at, const char *fmt, ...);
/* A name that is no keyword, or NULL. */
const char *parse_name(struct parser *p, const char *what);
/* Memory of the schema; NULL is a limit, which ends the parsing. */
void *parse_alloc(struct parser *p, size_t n);
void *parse_append(struct parser *p, void *array, size_t n, size_t size);
/* One more of what is limited to max: 0, or -1 after saying so. */
int parse_count(struct parser *p, size_t n, size_t max, const char *what);

/* Adds a definition and enters it under its name. */
struct idl_def *parse_define(struct parser *p, enum def_kind kind,
    const char *name, const struct place *at);

/* What a known number is worth. Sets one; false: it needs over 64 bits. */
wide number_value(const struct idl_number *n);
bool number_set(struct idl_number *n, wide value);
bool number_within(const struct idl_number *n, int64_t low, int64_t high);

/*
 * repeats.c: type is what d has been defined as before. Allowed where it says
 * the same, as when a file is included twice: seen at the end of all.
 */
int repeat_note(struct parser *p, const struct idl_def *d,
    struct idl_type *type, const struct place *at);
void repeats_check(struct parser *p);
void parse_twice(struct parser *p, const char *name, const struct place *at);

/* parse_number.c: an expression, in_angles where ">" ends it. */
struct idl_number *parse_number(struct parser *p, bool in_angles);
/* A constant's number is known: names may use it from now on. */
int parse_constant(struct parser *p, const char *name,
    const struct place *at, struct idl_number *number, struct idl_type *type);

/* parse_type.c */
struct idl_type *parse_new_type(struct parser *p, enum type_kind kind);
/* A type specifier: "unsigned hyper", "struct foo", a body, a name. */
struct idl_type *parse_specifier(struct parser *p);
/* The body of an enum, struct or union that is called name, or NULL. */
struct idl_type *parse_enum(struct parser *p, const char *name);
struct idl_type *parse_struct(struct parser *p, const char *name);
struct idl_type *parse_union(struct parser *p, const char *name);

/* parse_decl.c: "T name", "T name[N]", "string name<N>", "T *name". */
int parse_declaration(struct parser *p, struct idl_field *f, bool void_too);
/* A procedure's result or argument, where a name may be missing. */
struct idl_type *parse_parameter(struct parser *p);

/* parse_program.c: after "program". */
int parse_program(struct parser *p);

/* Parses one definition out of src, which stays. */
int parse_text(struct parser *p, const struct source *src);

/*
 * resolve.c: numbers and names; layout.c: sizes and recursion, unions;
 * refuse.c: what rpcgen refuses.
 */
void resolve(struct parser *p);
void layout(struct parser *p);
void refuse(struct parser *p);

#endif
