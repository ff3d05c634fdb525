/*
 * Options of verbs: tables of names and typed places, the common ones first.
 * Options may stand anywhere on the line; what is not an option is an
 * argument.
 */
#ifndef RPCALL_OPTIONS_H
#define RPCALL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "failure.h"

enum option_kind {
	OPTION_FLAG,		/* bool */
	OPTION_TEXT,		/* const char * */
	OPTION_NUMBER,		/* uint64_t */
	OPTION_SIZE,		/* uint64_t, bytes; K and M are 1,024s */
	OPTION_DURATION,	/* uint64_t, ns; ns, us, ms, s, m */
	OPTION_EVERY,		/* the same, above 0; 1 s where none follows */
	OPTION_COUNT,		/* unsigned, one more each time */
	OPTION_LIST,		/* struct option_list, one more each time */
};

enum { OPTION_LIST_MAX = 64 };

struct option_list {
	const char *items[OPTION_LIST_MAX];
	size_t n;
};

struct option_spec {
	const char *name;	/* without the dashes; NULL ends a table */
	char letter;		/* or 0 */
	enum option_kind kind;
	const char *arg;	/* as in the help, NULL for a flag */
	const char *help;
	void *value;
};

/* What every verb takes. */
struct common_options {
	uint64_t timeout;		/* ns, of a call */
	uint64_t connect_timeout;	/* ns */
	const char *auth;		/* "none" or "sys" */
	const char *color;		/* "auto", "always" or "never" */
	bool json, quiet, no_progress, help;
	unsigned verbose;
	const char *pcap;		/* file, or NULL; see wire/pcap.h */
};

extern struct common_options common;

enum { ARGUMENTS_MAX = 16 };

/*
 * Parses argv[1..] by specs and the common table: the count of arguments in
 * args[], or f's code negated.
 */
int options_parse(int argc, char **argv, const struct option_spec *specs,
    const char *args[ARGUMENTS_MAX], struct failure *f);

/* The common options, whose table ends as every other. */
extern const struct option_spec common_specs[];

/* The option of that name, or that letter where it is not 0; or NULL. */
const struct option_spec *option_find(const struct option_spec *specs,
    const char *name, size_t len, char letter);

bool option_takes_value(const struct option_spec *s);

/* Prints both tables, for the help. */
void options_print(FILE *out, const struct option_spec *specs);

/* Size ("64K"), duration ("350ms") or number: 0 or -EINVAL. */
int option_size(const char *text, uint64_t *bytes);
int option_duration(const char *text, uint64_t *ns);
int option_number(const char *text, uint64_t *n);

enum { DURATION_TEXT = 32 };

/* As a sentence has it: "10 s", "350 ms"; returns out. */
char *duration_text(uint64_t ns, char out[DURATION_TEXT]);

/* Should out be coloured? By --color, NO_COLOR, TERM and whether it is a
 * terminal. */
bool option_color(FILE *out);

#endif
