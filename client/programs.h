/*
 * Names of RPC programs: ours from idl/services.def, others' from /etc/rpc.
 */
#ifndef RPCALL_PROGRAMS_H
#define RPCALL_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"

/* A program and version as the user named them. */
struct program {
	uint32_t prog, vers;
	bool any;		/* no version was named: vers is a guess */
	char name[64];		/* "ECHO", or the number */
};

/*
 * Parses "ECHO", "ECHO/1", "100003/3", "nfs/3"; case does not matter, the
 * version is our newest, or 1, where none is given: 0, or -ENOENT.
 */
int program_parse(struct program *p, const char *text);

/*
 * The same, and what the server at t tells of itself and the installed
 * interfaces have: 0, or f's code negated: EXIT_USAGE, or what is wrong with
 * what the server tells.
 */
struct target;
int program_lookup(struct program *p, const struct target *t, const char *text,
    struct failure *f);

/* The name of prog, or its number, in decimal below 0x20000000; returns out. */
const char *program_name(uint32_t prog, char *out, size_t size);

/* What an installed interface calls it ("NFS"), else program_name(). Slow:
 * it reads them all. */
const char *program_title(uint32_t prog, char *out, size_t size);

#endif
