/*
 * Whose CPU time it was while a load was measured: the client's, the
 * server's, that of everything else on the machine, or of its host.
 */
#ifndef RPCALL_SHARES_H
#define RPCALL_SHARES_H

#include <stdbool.h>
#include <stdint.h>

#include "measure/usage.h"

/* CPU time in ns, all of it within window_ns of wall time. */
struct shares {
	double window_ns;
	double client_ns;	/* all of it, spinning and checking, too */
	double server_ns;	/* nothing where the row's server.known is false */
	double other_ns;	/* busy, and neither of both */
	double steal_ns;	/* taken by the machine's host */
	bool machine_known;	/* are other_ns and steal_ns? */
};

/* The first line of /proc/stat, in ns; known to 10 ms or so. */
struct shares_reading {
	uint64_t at;
	double busy_ns, steal_ns;
	bool known;
};

void shares_read(struct shares_reading *r);

/* Takes the text of /proc/stat: is it that? r->at stays as it is. */
bool shares_parse(struct shares_reading *r, const char *text, long hertz);

/* Adds what was between both readings; server may be NULL. */
void shares_add(struct shares *s, const struct shares_reading *before,
    const struct shares_reading *after, const struct usage *client,
    const struct usage *server);

#endif
