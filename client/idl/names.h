/*
 * Names of procedures and types as users write them: "KV/1.GET", "kv.get",
 * "GET", "rpcbind/4.DUMP", "100000/4.0". Case does not matter; "_PROG",
 * "PROGRAM" and what procedures of a program begin with may be left out.
 * Numbers work always.
 */
#ifndef RPCALL_IDL_NAMES_H
#define RPCALL_IDL_NAMES_H

#include "idl/library.h"

struct procedure {
	const struct schema *schema;		/* NULL: only numbers are known */
	const char *path;			/* of the schema */
	const struct idl_program *program;
	const struct idl_version *version;
	const struct idl_proc *proc;
	uint32_t prog, vers, number;
	char name[96];				/* "KV/1.GET" */
};

/*
 * The one procedure that text means, in the first schema that has it; the
 * standard ones are added when no other has. 0, or f's code negated, with
 * hints: EXIT_USAGE (unknown, ambiguous).
 */
int procedure_find(struct library *l, const char *text, struct procedure *p,
    struct failure *f);

/* Does one of the schemas that are there already describe it? */
bool procedure_known(const struct library *l, const char *text);

/* The procedure of these numbers, if one of the schemas has it. */
bool procedure_of(const struct library *l, uint32_t prog, uint32_t vers,
    uint32_t number, struct procedure *p);

/*
 * A program (with its version, or the versions are NULL) that text means:
 * "KV", "KV/1", "100000/4". As procedure_find().
 */
int program_find(struct library *l, const char *text, struct procedure *p,
    struct failure *f);

/* The type of that name, in the first schema that has it, or NULL. */
const struct idl_def *type_find(struct library *l, const char *name,
    const char **path);

/* The constant of that name, as type_find(); an enum's item is its enum. */
const struct idl_def *constant_find(struct library *l, const char *name,
    const char **path);

/* "KV" of KV_PROG, "GET" of KV_GET in that program; into out, cut. */
char *program_short(const struct idl_program *g, char *out, size_t size);
char *proc_short(const struct idl_version *v, const struct idl_proc *p,
    char *out, size_t size);

#endif
