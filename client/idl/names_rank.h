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

/* The numbers of programs that text names: another file may have other
 * versions of one of them, by another name. */
struct namesakes {
	int64_t numbers[16];
	int ranks[16];
	size_t n;
};

void namesakes_find(struct namesakes *s, const struct library *l,
    const char *text);

/* As rank_program(), of any program with g's number. */
int namesakes_rank(const struct namesakes *s, const struct idl_program *g);

/* Its number or name, or "". */
bool rank_is_version(const struct idl_version *v, const char *text);

/* 0: number, whole name; 1: without what all names of v begin with; 2: the
 * end after an underscore; RANK_NONE. */
int rank_proc(const struct idl_version *v, const struct idl_proc *p,
    const char *text);

#endif
