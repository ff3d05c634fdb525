/*
 * The values that options had before any was parsed: a verb that runs again
 * in the same process starts with them, not with those of the line before.
 */
#ifndef RPCALL_OPTIONS_SAVED_H
#define RPCALL_OPTIONS_SAVED_H

#include "options.h"

struct options_saved {
	struct saved_value {
		void *at;
		size_t size;	/* at most that of was */
		uint64_t was;
	} *values;
	size_t n;
};

/* Adds the values of a table: 0 or -ENOMEM. */
int options_save(struct options_saved *s, const struct option_spec *specs);

/* Puts all of them back. */
void options_restore(const struct options_saved *s);

void options_saved_release(struct options_saved *s);

#endif
