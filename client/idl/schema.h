/*
 * The schema engine: `.x` files of the RPC language (RFC 4506 section 6, RFC
 * 5531 section 12, and what rpcgen accepts), read at run time.
 *
 *	struct schema *s = schema_new();
 *	schema_load_file(s, "nfs.x", &options, &diags);	// or schema_load_text()
 *	... idl/names.h finds procedures, idl/value.h converts values,
 *	... idl/print.h prints; or walk s->defs and s->programs ...
 *	schema_free(s);
 *
 * One schema is one name space: one file and what it includes. The text may
 * be a server's: everything is limited (below), nothing is run, and files are
 * opened only where the caller says so. Reentrant: no state but the schema.
 *
 * A type that is named stands as TYPE_NAME with ->of set to its definition;
 * type_real() follows. Whoever walks types by value goes down at most
 * SCHEMA_DEPTH levels: deeper ones, and types that contain themselves, are
 * errors. Through TYPE_OPTIONAL and TYPE_ARRAY types may be recursive.
 */
#ifndef RPCALL_IDL_SCHEMA_H
#define RPCALL_IDL_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "idl/arena.h"
#include "idl/diag.h"
#include "idl/type.h"

/* Limits of one schema; also in work, hence in time. */
enum {
	SCHEMA_TEXT = 4 << 20,		/* bytes of all files */
	SCHEMA_MEMORY = 96 << 20,	/* bytes of all that is made of them */
	SCHEMA_TOKENS = 1 << 21,	/* tokens, with macros replaced */
	SCHEMA_DEFS = 1 << 17,		/* definitions and inline types */
	SCHEMA_DEPTH = 64,		/* types in one another */
	SCHEMA_FILES = 64,		/* files, and includes in one another: */
	SCHEMA_INCLUDES = 16,
	SCHEMA_MEMBERS = 1024,		/* of a struct; arms, procedures */
	SCHEMA_ITEMS = 1 << 16,		/* of an enum */
	SCHEMA_NAME = 255,		/* bytes of a name */
};
struct idl_proc {
	const char *name;
	struct idl_number *number;
	struct idl_type *result, **args;	/* VOID: nothing */
	size_t nargs;		/* 0: void */
	struct place place;
};

struct idl_version {
	const char *name;
	struct idl_number *number;
	struct idl_proc *procs;
	size_t nprocs;
	struct place place;
};

struct idl_program {
	const char *name;
	struct idl_number *number;
	struct idl_version *versions;
	size_t nversions;
	struct place place;
};

enum def_kind { DEF_CONST, DEF_TYPE, DEF_TYPEDEF, DEF_PROGRAM };
struct idl_def {
	enum def_kind kind;
	const char *name;
	struct idl_type *type;		/* TYPE, TYPEDEF */
	struct idl_number *number;	/* CONST; an item's has .type, too */
	struct idl_program *program;
	const char *text;		/* CONST: a string's, or NULL */
	bool c, needed;		/* C's, not the file's; print_needed.c's mark */
	struct place place;
};

struct schema {
	struct arena arena;
	struct symbols *symbols;
	struct source *sources[SCHEMA_FILES];
	struct idl_def **defs;		/* as they were written */
	struct idl_type **types;	/* all, inline ones too */
	size_t nsources, ndefs, ntypes, text;
};

struct schema_options {
	const char *const *include;	/* -I */
	size_t ninclude;
	const char *const *define;	/* -D: "NAME" or "NAME=TEXT" */
	size_t ndefine;
	bool no_files;			/* #include finds these alone: */
	const struct schema_text *texts;	/* see idl/source.h */
	size_t ntexts;
	bool rpcgen;			/* say what rpcgen would refuse */
};

struct schema *schema_new(void);
void schema_free(struct schema *s);

/*
 * Reads a file, or a text called name, with what it includes; into one schema
 * once. 0; -errno of the file itself; -EBADMSG with errors in d.
 */
int schema_load_file(struct schema *s, const char *path,
    const struct schema_options *o, struct diags *d);
int schema_load_text(struct schema *s, const char *name, const char *text,
    size_t len, const struct schema_options *o, struct diags *d);

/* The type (or typedef) of that name, or NULL. */
const struct idl_def *schema_type(const struct schema *s, const char *name);

/* The program of that number, or NULL. */
const struct idl_program *schema_program(const struct schema *s,
    int64_t number);

#endif
