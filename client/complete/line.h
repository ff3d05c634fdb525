/*
 * A command line up to the cursor, read by the tables that would parse it:
 * its verb, its arguments, and what the word at the cursor belongs to.
 */
#ifndef RPCALL_COMPLETE_LINE_H
#define RPCALL_COMPLETE_LINE_H

#include <stdbool.h>

#include "idl/library.h"
#include "verb.h"

struct line {
	const struct verb *verb;	/* NULL: the cursor is at it */
	const char *args[ARGUMENTS_MAX];
	int nargs;
	struct schema_args schema;	/* its -i and -I */
	bool only_arguments;		/* behind "--" */
	/* The cursor is at an option's value; the word without "--name=". */
	const struct option_spec *option;
	size_t skip;			/* bytes of "--name=" or "-t" */
};

/*
 * Reads words[0..n), the last of them at the cursor, the first a verb. What
 * is wrong before the cursor is passed over.
 */
void line_read(struct line *l, const char *const *words, int n);

#endif
