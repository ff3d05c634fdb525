/*
 * Kinds of failed calls: see call_failure.h.
 */
#include "measure/call_failure.h"

#include "failure.h"

static const struct {
	const char *name;
	int code;
} kinds[] = {
	[REPLY_PROG_UNAVAIL] = { "PROG_UNAVAIL", EXIT_PROG_UNAVAIL },
	[REPLY_PROG_MISMATCH] = { "PROG_MISMATCH", EXIT_PROG_UNAVAIL + 1 },
	[REPLY_PROC_UNAVAIL] = { "PROC_UNAVAIL", EXIT_PROG_UNAVAIL + 2 },
	[REPLY_GARBAGE_ARGS] = { "GARBAGE_ARGS", EXIT_PROG_UNAVAIL + 3 },
	[REPLY_SYSTEM_ERR] = { "SYSTEM_ERR", EXIT_PROG_UNAVAIL + 4 },
	[REPLY_AUTH_ERROR] = { "AUTH_ERROR", EXIT_DENIED },
	[REPLY_RPC_MISMATCH] = { "RPC_MISMATCH", EXIT_RPC_MISMATCH },
	[FAILED_BAD_RESULT] = { "BAD_RESULT", EXIT_PROTOCOL },
};

const char *
failed_name(unsigned kind)
{
	return kinds[kind].name;
}

int
failed_exit_code(unsigned kind)
{
	return kinds[kind].code;
}

uint64_t
failed_count(const uint64_t failed[FAILED_KINDS])
{
	uint64_t n = 0;

	for (unsigned i = 1; i < FAILED_KINDS; i++)
		n += failed[i];
	return n;
}
