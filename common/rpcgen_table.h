/*
 * The table that rpcgen -t makes of a version: one row a procedure, numbered
 * from 0 without a gap. rpcgen leaves the struct and the action to us.
 */
#ifndef RPCALL_RPCGEN_TABLE_H
#define RPCALL_RPCGEN_TABLE_H

#include <rpc/rpc.h>

/* A handler, as rpcgen -M declares it: argument, result, request. */
typedef bool_t (*rpcgen_handler)(void *, void *, struct svc_req *);

struct rpcgen_table {
	rpcgen_handler proc;
	xdrproc_t xdr_arg;
	unsigned len_arg;	/* bytes of the decoded argument */
	xdrproc_t xdr_res;
	unsigned len_res;	/* bytes of the result */
};

#define RPCGEN_ACTION(handler) (rpcgen_handler)(void (*)(void))handler

#endif
