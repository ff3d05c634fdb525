/*
 * Where candidates come from: each adds what it has to c. The words that the
 * usages and the options' tables have for values ("TARGET", "FILE") are what
 * values.c finds them by.
 */
#ifndef RPCALL_COMPLETE_SOURCES_H
#define RPCALL_COMPLETE_SOURCES_H

#include "complete/complete.h"

/* What they may look at. */
struct context {
	const struct line *line;
	struct known *known;
};

/* What "JSON|@FILE|@-" or the like stands for. */
void complete_values(struct candidates *c, const struct context *p,
    const char *values);

/* Schemes, names of targets.conf, endpoints of the daemon here, sockets. */
void complete_target(struct candidates *c);

enum path_kind {
	PATH_FILE, PATH_DIR, PATH_IDL,	/* IDL: *.x */
	PATH_SOCKET, PATH_FIFO,		/* FIFO: a directory with ctl in it */
};

/* The word is a path; directories are always offered, to go on. */
void complete_path(struct candidates *c, enum path_kind kind);

/* Fills p->known if that was not done. */
void known_load(const struct context *p);

/* "KV/1.GET", or "KV/1" for programs alone; types by name. */
enum procedure_kind { PROCEDURES = 1, PROGRAMS = 2 };
void complete_procedure(struct candidates *c, const struct context *p,
    unsigned kinds);
void complete_type(struct candidates *c, const struct context *p);

/* The procedure that the line names, or NULL; *which: the argument that does. */
const struct idl_proc *line_procedure(const struct context *p, int *which);

/* "a.b=V" of -f, for an argument of type t. */
void complete_field(struct candidates *c, const struct idl_type *t);

/* JSON of a value of type t, up to the cursor. */
void complete_json(struct candidates *c, const struct idl_type *t);

#endif
