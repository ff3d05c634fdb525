/*
 * Parts of a schema as text: .x syntax, and forms of values to fill in.
 */
#ifndef RPCALL_IDL_PRINT_H
#define RPCALL_IDL_PRINT_H

#include "idl/schema.h"

struct buf;

enum { PRINT_MAX = 4 << 20, TEMPLATE_DEPTH = 12 };	/* bytes, levels */

/* All append to out: 0, -ENOMEM, or -EMSGSIZE over PRINT_MAX. */

/* "struct foo { ... };", "typedef ...;", of a definition of any kind. */
int print_def(struct buf *out, const struct idl_def *d);

/* "int FOO(string<>) = 1;", on one line. */
int print_proc(struct buf *out, const struct idl_proc *p);

/* "const FOO = 1;", of a number that was written by that name. */
int print_number(struct buf *out, const struct idl_number *n);

/*
 * The definitions of constants and named types that these need, each once: of
 * a procedure; of a program, or that version of it alone.
 */
int print_needed_by_proc(struct buf *out, const struct idl_proc *p);
int print_needed_by(struct buf *out, const struct idl_program *g,
    const struct idl_version *only);

/* d, and then what it needs that is not d. */
int print_whole(struct buf *out, const struct idl_def *d);

/* JSON of type t to fill in: zeros, the first case, one element. */
int print_template(struct buf *out, const struct idl_type *t,
    unsigned indent);

#endif
