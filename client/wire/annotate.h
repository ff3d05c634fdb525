/*
 * XDR in hexadecimal, each field on a line with its offset, path, type and
 * value, by a schema, for -vv. Where the bytes do not fit the schema it says
 * why, and shows the rest as it is.
 */
#ifndef RPCALL_WIRE_ANNOTATE_H
#define RPCALL_WIRE_ANNOTATE_H

#include <stdio.h>

#include "idl/value.h"

struct annotation {
	FILE *out;
	char mark;		/* what each line begins with: '>' or '<' */
	const uint8_t *data;
	size_t len, at;		/* at moves on; offsets count from data */
};

/*
 * A value of type t, which is called what ("argument"): 0, or -EBADMSG where
 * it does not fit, which has been told.
 */
int annotate_value(struct annotation *a, const char *what,
    const struct idl_type *t);

/* Bytes that no type describes, up to the end. */
void annotate_rest(struct annotation *a, const char *what);

/* Text for a terminal: what could control one becomes '?'. */
void annotate_text(FILE *out, const char *text, size_t n);

#endif
