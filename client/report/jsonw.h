/*
 * A writer of JSON (RFC 8259): commas, indentation and escaping, so that a
 * caller can only forget to close what it opened. Strings that are not valid
 * UTF-8 are repaired; numbers that JSON has no words for become null.
 *
 * In every call name is the member's name inside an object, NULL in arrays.
 */
#ifndef RPCALL_JSONW_H
#define RPCALL_JSONW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct jsonw {
	FILE *out;
	unsigned depth;
	bool comma;		/* a value stands before the next one */
	bool flat;		/* write what follows on one line */
};

void jsonw_init(struct jsonw *w, FILE *out);

/* kind is '{' or '['; close takes the matching '}' or ']'. */
void jsonw_open(struct jsonw *w, const char *name, char kind);
void jsonw_close(struct jsonw *w, char kind);

void jsonw_string(struct jsonw *w, const char *name, const char *value);
void jsonw_uint(struct jsonw *w, const char *name, uint64_t value);
void jsonw_real(struct jsonw *w, const char *name, double value);
void jsonw_bool(struct jsonw *w, const char *name, bool value);

#endif
