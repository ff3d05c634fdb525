/*
 * What the daemon listens on: from the command line, from systemd, or the
 * default, which is every mechanism on loopback and in the run directory.
 */
#ifndef RPCALLD_ENDPOINTS_H
#define RPCALLD_ENDPOINTS_H

#include "server/options.h"
#include "server/server.h"

/*
 * Fills s->endpoints: 0; -ENOMEM, -ENAMETOOLONG, or -EINVAL when a socket
 * from systemd cannot be served (logged).
 */
int endpoints_fill(struct server *s, const struct options *o);

/* Writes the URIs of open endpoints to DIR/endpoints, one per line. */
int endpoints_write(const struct server *s, const char *dir);

#endif
