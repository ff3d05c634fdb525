/*
 * The .x files of this build and the names that they give to procedures: kept
 * in the program by scripts/idl-embed, for REFLECT.
 */
#ifndef RPCALLD_IDL_H
#define RPCALLD_IDL_H

#include <stddef.h>
#include <stdint.h>

enum { IDL_DIGEST = 32 };

struct idl_file {
	const char *name;		/* "echo.x"; NULL ends a list */
	const unsigned char *text;
	size_t size;			/* bytes */
	unsigned char digest[IDL_DIGEST];	/* SHA-256 */
};

/* An interface as scripts/idl-embed writes it; names are by number. */
struct idl {
	const struct idl_file *files;	/* ended by a NULL name */
	const char *const *names;	/* as many as the table has rows */
};

/*
 * The files of a program and version, its own first, then those it includes,
 * ended by a NULL name; or NULL where this build has none.
 */
const struct idl_file *idl_files(uint32_t prog, uint32_t vers);

/* The name of a procedure that rpcgen's table has. */
const char *idl_procedure(uint32_t prog, uint32_t vers, uint32_t proc);

#endif
