/*
 * Programs as `rpcall list` shows them, a line each, gathered from what
 * rpcbind has registered, from what a daemon tells of itself, and from .x
 * files.
 */
#ifndef RPCALL_LISTING_H
#define RPCALL_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "idl/library.h"
#include "present.h"

enum { LISTED_VERSIONS = 32, LISTED_MECHANISMS = 16 };

struct listed {
	uint32_t prog;
	uint32_t versions[LISTED_VERSIONS];	/* ascending */
	size_t nversions;
	const char *mechanisms[LISTED_MECHANISMS];
	size_t nmechanisms;
	uint32_t newest;	/* version of which procedures are counted */
	size_t procedures;	/* 0: nobody has told */
	const char *idl;	/* "reflection", a file's path; NULL: none */
	char name[64];		/* "": nobody has told */
};

/* What it was gathered from has to outlive it: mechanisms are not copied. */
struct listing {
	struct listed *programs;
	size_t n;
};

/* Each 0 or -ENOMEM. */
int listing_add_present(struct listing *l, const struct present *p);

/* Every program of every schema of lib, a line each. */
int listing_add_schemas(struct listing *l, const struct library *lib);

/*
 * Says of each program what describes it: the first own schemas of lib, the
 * daemon itself, or the standard ones, which are added when they are needed.
 */
void listing_describe(struct listing *l, struct library *lib);

/* A table, and "programs" of a JSON document: 0, or -errno. */
struct jsonw;
int listing_print(FILE *out, const struct listing *l, bool color);
void listing_put(struct jsonw *w, const struct listing *l);

void listing_release(struct listing *l);

#endif
