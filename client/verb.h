/*
 * Verbs of rpcall: each is a file verb_NAME.c with a struct verb and a line
 * in verbs.def.
 */
#ifndef RPCALL_VERB_H
#define RPCALL_VERB_H

#include <stdio.h>

#include "options.h"

struct verb {
	const char *name, *group, *summary;	/* group: NULL hides it */
	const char *usage;		/* "[OPTIONS] TARGET" */
	const char *details;		/* paragraphs for the help */
	const struct option_spec *options;
	void (*more)(FILE *out);	/* the end of the help, or NULL */
	/* Runs with what is left after options: an exit code. */
	int (*run)(int nargs, const char **args);
};

#define VERB(name) extern const struct verb verb_##name;
#include "verbs.def"
#undef VERB

/* In the order of verbs.def, ended by NULL. */
extern const struct verb *const verbs[];

/* The verb of that name or NULL. */
const struct verb *verb_find(const char *name);

/* The failure of a name that no verb has, with what was meant, perhaps. */
int verb_unknown(const char *name);

/* Runs v with argv[1..] parsed by its options: an exit code. */
int verb_run(const struct verb *v, int argc, char **argv);

/* The overview, and one verb's help. */
void help_print(FILE *out);
void verb_help_print(FILE *out, const struct verb *v);

/* The failure of a verb called with too few or too many arguments. */
int verb_usage(const struct verb *v);

#endif
