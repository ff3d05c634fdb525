/*
 * Names of targets: $XDG_CONFIG_HOME/rpcall/targets.conf (~/.config where
 * that is not set) has a line for each, a NAME and its URI with blanks
 * between; "#" begins a comment line. "@NAME" stands for the URI.
 */
#ifndef RPCALL_TARGETS_CONF_H
#define RPCALL_TARGETS_CONF_H

#include <stddef.h>

#include "failure.h"

enum { TARGETS_CONF_SIZE = 64 << 10 };	/* bytes of the file */

/* Calls tell for each name in the file; none where there is no file. */
void targets_conf_each(void (*tell)(void *context, const char *name,
    const char *uri), void *context);

/* The URI of a name (without its @), cut: 0, or f's code negated. */
int targets_conf_find(const char *name, char *uri, size_t size,
    struct failure *f);

#endif
