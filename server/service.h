/*
 * Services: what is served. Each version of a program is a line in
 * idl/services.def; its procedures are rows of rpcgen's table.
 *
 * A service that is more than its handlers (it opens a store, it is off
 * unless asked for) defines hooks in its svc_NAME.c:
 *
 *	const struct service_hooks NAME_service = { .start = ... };
 */
#ifndef RPCALLD_SERVICE_H
#define RPCALLD_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpcgen_table.h"

struct options;
struct server;

/* Each may be left out. */
struct service_hooks {
	bool off;	/* served only with --enable NAME */
	/*
	 * Before anything listens: 0, or -errno with a sentence in why, of
	 * size bytes. s and o outlive the service.
	 */
	int (*start)(struct server *s, const struct options *o, char *why,
	    size_t size);
	/* In a worker's thread, when the server drains: deferred calls that
	 * wait for something to happen are to be answered now. */
	void (*drain)(void);
	/*
	 * The workers have ended, their memory is still there: answers every
	 * call that it deferred, ends its threads and frees everything. Only
	 * after start().
	 */
	void (*stop)(void);
	/*
	 * Figures of its own for REFLECT's STATS: calls show(name, value, arg)
	 * for each, from any worker's thread, between start() and stop(). A
	 * name is [a-z0-9_]+, at most REFLECT_NAME_MAX bytes, and begins with
	 * the service's; one that ends in _total only ever grows.
	 */
	void (*gauges)(void (*show)(const char *name, uint64_t value,
	    void *arg), void *arg);
};

/* A version of a program: rows of rpcgen's table, by procedure number. */
struct service {
	const char *name;		/* "echo": its file in idl/ */
	uint32_t prog, vers;
	const struct rpcgen_table *rows;
	uint32_t nrows;
	const struct service_hooks *hooks;	/* or NULL */
	size_t slot;			/* of its first row, in counters.h */
};

/* Those that are served. */
extern const struct service *const services;
extern unsigned nservices;

/*
 * Call once, before any call: all services are served. 0, or -EEXIST when two
 * have one program and version.
 */
int services_init(void);

/* Is there a service of that name in this build? */
bool service_exists(const char *name);

/* Leaves those that o asks for, and the ones on by themselves. */
void services_select(const struct options *o);

/*
 * The start hooks: 0, or -errno with the name of the service that failed in
 * *name; those before it are stopped.
 */
int services_start(struct server *s, const struct options *o,
    const char **name, char *why, size_t size);
void services_drain(void);
void services_stop(void);

void services_gauges(void (*show)(const char *name, uint64_t value,
    void *arg), void *arg);

/* Slots of all procedures of this build, and slot 0: see counters.h. */
unsigned services_slots(void);

/* Bytes of the largest argument or result of any procedure. */
size_t services_args_size(void);

#endif
