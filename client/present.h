/*
 * What is there at a target: what rpcbind of a host has registered, and what
 * a daemon there tells of itself; or the latter alone, of one endpoint.
 */
#ifndef RPCALL_PRESENT_H
#define RPCALL_PRESENT_H

#include <stdbool.h>

#include "binder.h"
#include "failure.h"
#include "reflect/snapshot.h"
#include "target.h"

/* Each part may be empty. */
struct present {
	const char *host;		/* of which rpcbind was asked; "": this
					 * machine's. NULL: it was not */
	struct binder_entry *entries;
	size_t n;
	struct snapshot daemon;		/* its list */
};

/*
 * Asks into p, which began as zeroes: 0, or f's code negated. Where rpcbind
 * is asked, a daemon is only when REFLECT is registered and reflect is set;
 * that it did not tell is left in note then.
 */
int present_ask(struct present *p, struct target *t, bool reflect,
    struct failure *note, struct failure *f);

/*
 * The next version above *vers that there is of prog (the first one: above 0,
 * which is none); false after the last.
 */
bool present_next(const struct present *p, uint32_t prog, uint32_t *vers);

void present_release(struct present *p);

#endif
