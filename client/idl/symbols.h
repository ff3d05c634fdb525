/*
 * Names of one schema: each is there once, so that equal names are equal
 * pointers, with all that a name can stand for.
 */
#ifndef RPCALL_IDL_SYMBOLS_H
#define RPCALL_IDL_SYMBOLS_H

#include <stdbool.h>

#include "idl/keyed.h"
#include "idl/schema.h"

/* A macro of #define; or of %#define, which is C's. */
struct macro {
	struct place place;	/* of its replacement */
	size_t len;
	bool function;		/* NAME(...): cannot be replaced */
	bool active;		/* being replaced: not again within itself */
	bool tried, known;	/* resolve.c: what it is worth for C */
	wide value;
};

struct symbol {
	struct symbol *next;
	uint64_t hash;
	int keyword;			/* of enum keyword, or 0 */
	struct idl_def *type, *constant, *program;
	struct idl_number *number;	/* of a program, version, procedure */
	struct macro *macro, *c_macro;
	char name[];
};

struct symbols {
	struct keyed keyed;
	struct symbol **slots;
	size_t nslots, n;
};

/* The symbol of that name, made where there is none; NULL without memory. */
struct symbol *symbol_intern(struct schema *s, const char *name, size_t len);

/* The symbol or NULL. */
struct symbol *symbol_find(const struct schema *s, const char *name,
    size_t len);

/* The constant of that name, or the enum that has such an item; or NULL. */
const struct idl_def *schema_constant(const struct schema *s,
    const char *name);

/* The symbol of a name that symbol_intern() gave. */
struct symbol *symbol_of(const char *name);

#endif
