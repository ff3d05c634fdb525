/*
 * From a message to a reply: the head, the credential, the program's row, the
 * handler. The order of the checks is RFC 5531's: rpcvers, credential,
 * program, version, procedure, arguments.
 */
#ifndef RPCALLD_DISPATCH_H
#define RPCALLD_DISPATCH_H

#include <stddef.h>
#include <stdint.h>

#include "rpcgen_table.h"
#include "server/origin.h"

struct worker;

/* A version of a program: rows of rpcgen's table, by procedure number. */
struct service {
	const char *name;		/* "ECHO" */
	uint32_t prog, vers;
	const struct rpcgen_table *rows;
	uint32_t nrows;
};

/* The services of services.def. */
extern const struct service *const services;
extern const unsigned nservices;

/*
 * Call once at start, before any call: 0, or -EEXIST when two services have
 * one program and version.
 */
int services_init(void);

/* Bytes of the largest argument or result of any procedure. */
size_t services_args_size(void);

/*
 * Serves one message: appends what is to be sent, if anything, to w->out.
 * 0; -EBADMSG when it is no call; -ENOMEM or -ENOBUFS when there is no memory
 * for the reply.
 */
int dispatch(struct worker *w, struct origin *o, const uint8_t *msg,
    size_t len);

#endif
