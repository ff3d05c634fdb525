/*
 * Measures what it costs to set up each mechanism of a comparison: setup.h.
 */
#ifndef RPCALL_SETUP_COSTS_H
#define RPCALL_SETUP_COSTS_H

#include "measure/compare.h"

/*
 * Fills r->setups, one for each mechanism's row of c, the repeats interleaved
 * and shuffled, after one that is not counted; there are as many as fit
 * c->rounds, and where c has an end an eighth of the time until it. Tells the
 * subjects what that takes. 0; -EINTR after Ctrl-C; or f's code negated. What cannot be opened
 * or asked says so in its note.
 *
 * The first call is procedure 0 of the program that is measured. rpcbind is
 * asked for that program where it leads to the server; for rpcbind itself,
 * on the same way, of the private daemon that is not registered.
 */
int setup_measure(struct comparison *c, bool registered, struct result *r,
    struct failure *f);

#endif
