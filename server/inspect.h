/*
 * The daemon seen from one of its services: sums over all workers, read while
 * these go on, without a lock. For svc_reflect.c, which knows no worker.
 */
#ifndef RPCALLD_INSPECT_H
#define RPCALLD_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/counters.h"

struct server;

/* Something that listens; uri is size bytes, the names are literals. */
struct inspect_endpoint {
	const char *mechanism, *netid;
	char *uri;
	size_t size;
};

/* How the daemon is set up. */
struct inspect_setup {
	uint32_t workers, cpus;
	int32_t spin_us;
};

/*
 * Calls show(name, value, arg) for each figure of the daemon and of its
 * services. Always the same names in the same order.
 */
void inspect_figures(struct server *s, void (*show)(const char *name,
    uint64_t value, void *arg), void *arg);

/* Calls show() for each limit that is in force. */
void inspect_limits(const struct server *s, void (*show)(const char *name,
    uint64_t value, void *arg), void *arg);

void inspect_setup(const struct server *s, struct inspect_setup *setup);

/* The sum over workers of a slot and mechanism; false when it is 0 calls. */
bool inspect_counter(const struct server *s, size_t slot, enum mech_id mech,
    struct counter *sum);

/* Endpoint i of those configured: false when there is none, or not open. */
bool inspect_endpoint(const struct server *s, size_t i,
    struct inspect_endpoint *e);

size_t inspect_endpoints(const struct server *s);

#endif
