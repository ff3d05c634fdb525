/*
 * What a user gives as a value: JSON on the command line, "@FILE" or "@-";
 * and how an error in it is told.
 */
#ifndef RPCALL_IDL_INPUT_H
#define RPCALL_IDL_INPUT_H

#include "failure.h"
#include "idl/value.h"

/*
 * Appends the text of arg to out; "@FILE" is a file's, "@-" what stdin has.
 * 0, or f's code negated: EXIT_NOFILE, EXIT_DATA over JSON_TEXT.
 */
int input_text(const char *arg, struct buf *out, struct failure *f);

/* Parses text, of what ("argument"): 0, or f's code negated, EXIT_DATA. */
int input_json(struct json *j, const char *what, const char *text, size_t n,
    struct failure *f);

/* Tells of x in the text of j (NULL: in XDR): code negated. */
int input_failure(const struct value_error *x, const struct json *j, int code,
    struct failure *f);

#endif
