/*
 * The one way to open a target: from a URI to a link, asking rpcbind where
 * the target does not say which port or path.
 */
#ifndef RPCALL_OPEN_H
#define RPCALL_OPEN_H

#include <stdint.h>

#include "failure.h"
#include "mech.h"
#include "target.h"

/* What rpcbind is asked for, and for how long everything may take. */
struct open_request {
	uint32_t prog, vers;
	uint32_t timeout_ms;
};

/* Does t leave to rpcbind where its server listens? */
bool target_asks_rpcbind(const struct target *t);

/* Do both lead to the same place? What credential they ask for aside. */
bool target_is_same(const struct target *a, const struct target *b);

/* target_parse(), with its sentence and hint in f; "@NAME" as in
 * targets_conf.h, and "HOST" alone is rpc://HOST. */
int target_parse_arg(struct target *t, const char *uri, struct failure *f);

/*
 * Asks rpcbind where t is, if t leaves that to it, and leaves the answer in
 * t: 0, or f's code negated. target_open() does it by itself.
 */
int target_look_up(struct target *t, const struct open_request *req,
    struct failure *f);

/*
 * Opens t, which is left with what rpcbind said (port or path): 0, or f's
 * code negated: EXIT_NOHOST, EXIT_UNREACHABLE, EXIT_TIMEOUT, EXIT_DENIED.
 */
int target_open(struct target *t, const struct open_request *req,
    struct link *l, struct failure *f);

/* rpcbind of host (NULL: this machine) cannot be asked, for which there were
 * timeout_ms: f's code negated. */
int no_rpcbind(const char *host, int err, uint32_t timeout_ms,
    struct failure *f);

#endif
