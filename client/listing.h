/*
 * Programs as `rpcall list` shows them, a line each, gathered from what
 * rpcbind has registered and from what a daemon tells of itself.
 */
#ifndef RPCALL_LISTING_H
#define RPCALL_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "binder.h"
#include "reflect/snapshot.h"

enum { LISTED_VERSIONS = 32, LISTED_MECHANISMS = 16 };

struct listed {
	uint32_t prog;
	uint32_t versions[LISTED_VERSIONS];	/* ascending */
	size_t nversions;
	const char *mechanisms[LISTED_MECHANISMS];
	size_t nmechanisms;
	uint32_t newest;	/* version of which procedures are counted */
	unsigned procedures;	/* 0: nobody has told */
	char name[64];		/* of the service; "": nobody has told */
};

/* What it was gathered from has to outlive it: mechanisms are not copied. */
struct listing {
	struct listed *programs;
	size_t n;
};

/* Each 0 or -ENOMEM. */
int listing_add_entries(struct listing *l, const struct binder_entry *entries,
    size_t n);
int listing_add_reflection(struct listing *l, const reflect_list *list);

/* A table: 0, or -errno. */
int listing_print(FILE *out, const struct listing *l, bool color);

void listing_release(struct listing *l);

#endif
