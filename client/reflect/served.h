/*
 * The interface of one program that a server tells of: its .x file, and the
 * files which that includes. A stranger's: everything is limited, names are
 * plain ones, and the texts have the SHA-256 that was announced.
 *
 *	served_announced(s, clnt, f);	s->n == 0: it tells of none
 *	served_fetch(s, clnt, f);
 *	served_add(s, library, f);
 */
#ifndef RPCALL_REFLECT_SERVED_H
#define RPCALL_REFLECT_SERVED_H

#include "buf.h"
#include "idl/library.h"
#include "reflect/ask.h"
#include "sha256.h"

struct served_file {
	char name[REFLECT_NAME_MAX + 1];	/* as the server has it */
	char label[REFLECT_NAME_MAX + 16];	/* "reflection:echo.x" */
	uint32_t size;
	uint8_t digest[SHA256_SIZE];
};

struct served {
	uint32_t prog, vers;		/* the caller's */
	struct served_file files[SCHEMA_FILES];
	size_t n;			/* the first is the program's own */
	uint8_t key[SHA256_SIZE];	/* of all of them as one */
	struct buf text;		/* one after the other */
};

/* Asks for names, sizes and digests: 0, or f's code negated. */
int served_announced(struct served *s, CLIENT *clnt, struct failure *f);

/* Gets the texts, from the cache or the server: 0, or f's code negated. */
int served_fetch(struct served *s, CLIENT *clnt, struct failure *f);

/*
 * Adds them to l as one schema: 0, or f's code negated. No file of this
 * machine is read, whatever they include.
 */
int served_add(const struct served *s, struct library *l, struct failure *f);

void served_free(struct served *s);

#endif
