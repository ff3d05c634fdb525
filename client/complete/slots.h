/*
 * What a verb's arguments are, read from its usage: "[OPTIONS] TARGET
 * PROGRAM/VERSION.PROCEDURE [JSON...]" is three slots, the last optional and
 * repeated. So there is no second list of what verbs take.
 *
 * Words in capitals name what goes there (values.c knows them), those in
 * small letters are themselves; " | " outside of brackets parts alternatives,
 * which share what is before the first word of its own.
 */
#ifndef RPCALL_COMPLETE_SLOTS_H
#define RPCALL_COMPLETE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

enum { SLOTS_MAX = 12, SLOT_SIZE = 96 };

struct slot {
	char text[SLOT_SIZE];	/* "TARGET", "PROCEDURE|TYPE" */
	bool optional, repeats;
};

/* Tells of a slot; which: the argument that it is (of slots_filled()). */
typedef void slots_tell(void *context, const struct slot *s, int which);

/* Each slot that the argument after args[0..n) may fill. */
void slots_next(const char *usage, const char *const *args, int n,
    slots_tell *tell, void *context);

/* Each slot that one of args[0..n) has filled in some reading of the usage. */
void slots_filled(const char *usage, const char *const *args, int n,
    slots_tell *tell, void *context);

/* Is it a target by its looks: "unix:/a", "@NAME"? */
bool slots_is_target(const char *word);

#endif
