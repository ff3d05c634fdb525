/*
 * The exchange on stderr: -v and -vv.
 *
 *	* rpcbind of db1: program 100003 version 3 over tcp is at ...
 *	> xid 5f3a0001  NFS/3.GETATTR  100003/3.1  36 bytes, 76 in all
 *	< xid 5f3a0001  SUCCESS  88 bytes, 112 in all, after 312 us
 *
 * -vv shows each field of each message: see annotate.h.
 */
#ifndef RPCALL_WIRE_LOG_H
#define RPCALL_WIRE_LOG_H

#include <stdio.h>

#include "idl/library.h"

/* From now on to out; level 1 is -v, 2 is -vv; messages or only stages. */
void wire_log_start(FILE *out, unsigned level, bool messages);

/*
 * Where procedures are looked for first; NULL: no longer. Then those that
 * rpcall and the system bring along.
 */
void wire_log_library(const struct library *l);

#endif
