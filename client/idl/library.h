/*
 * Where schemas come from: files that the user names, then the product's own
 * and the system's, which are read when something is not found before.
 *
 * $RPCALL_IDL_PATH, directories with colons between them, takes the place of
 * the latter.
 */
#ifndef RPCALL_IDL_LIBRARY_H
#define RPCALL_IDL_LIBRARY_H

#include "failure.h"
#include "idl/schema.h"
#include "options.h"

/* Options of every verb that needs a schema. */
struct schema_args {
	struct option_list files, include, define;
};

#define SCHEMA_ARGS(args) \
	{ "idl", 'i', OPTION_LIST, "FILE", "interface, a .x file", \
	    &(args).files }, \
	{ "include", 'I', OPTION_LIST, "DIR", "where #include looks, too", \
	    &(args).include }, \
	{ "define", 'D', OPTION_LIST, "NAME[=NUMBER]", "#define it in every " \
	    "FILE", &(args).define }

enum { LIBRARY_FILES = 512 };

struct library {
	struct schema *schemas[LIBRARY_FILES];
	char *paths[LIBRARY_FILES];
	bool borrowed[LIBRARY_FILES];	/* another library's, which is not
					 * closed before */
	size_t n;
	bool standard;		/* the product's and the system's are there, */
	size_t own;		/* after so many others */
};

/* Reads the files of args: 0, or f's code negated with the first error. */
int library_open(struct library *l, const struct schema_args *args,
    struct failure *f);

/* Adds what the product and the system have; files with errors are left out. */
void library_add_standard(struct library *l);

/* Adds a schema that came otherwise, as the next one: 0, -ENOSPC or -ENOMEM.
 * Takes s. */
int library_add(struct library *l, struct schema *s, const char *path);

/* Adds the first n schemas of from, whose they stay: as library_add(). */
int library_borrow(struct library *l, const struct library *from, size_t n);

void library_close(struct library *l);

/* The first error of d, as a failure: EXIT_DATA; EXIT_OS where there was no
 * memory for it. */
int diags_failure(const struct diags *d, struct failure *f);

#endif
