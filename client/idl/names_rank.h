/*
 * How well names fit what a user wrote; names.c takes the best.
 */
#ifndef RPCALL_IDL_NAMES_RANK_H
#define RPCALL_IDL_NAMES_RANK_H

#include "idl/names.h"

enum { RANK_NONE = 100 };

/* A 32-bit number, in C's bases: 0, or -1. */
int rank_number(const char *text, uint32_t *n);

/*
 * 0: the number or the whole name; 1: without its usual ending, or a name of
 * /etc/rpc; 2: the name of the file at path; RANK_NONE. "" is any program.
 */
int rank_program(const struct idl_program *g, const char *path,
    const char *text);

/* Its number or name, or "". */
bool rank_is_version(const struct idl_version *v, const char *text);

/* 0: number, whole name; 1: without what all names of v begin with; 2: the
 * end after an underscore; RANK_NONE. */
int rank_proc(const struct idl_version *v, const struct idl_proc *p,
    const char *text);

#endif
