/*
 * How a call of any procedure may fail although it is answered: with one of
 * RPC's errors (common/envelope.h, whose numbers these are), or with a result
 * that is not one of its type.
 */
#ifndef RPCALL_CALL_FAILURE_H
#define RPCALL_CALL_FAILURE_H

#include <stdint.h>

#include "envelope.h"

enum {
	FAILED_BAD_RESULT = REPLY_RPC_MISMATCH + 1,
	FAILED_KINDS,		/* REPLY_SUCCESS is none of them */
};

/* "GARBAGE_ARGS"; a literal. */
const char *failed_name(unsigned kind);

/* The exit code that tells of it. */
int failed_exit_code(unsigned kind);

/* Of all kinds. */
uint64_t failed_count(const uint64_t failed[FAILED_KINDS]);

#endif
